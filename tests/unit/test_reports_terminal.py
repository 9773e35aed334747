from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len

from importer.money import Money
from importer.plan import Plan
from importer.reports.outcomes import outcome_report
from importer.reports.rows import plan_report
from importer.reports.terminal import MOST_ROWS, Detail, print_plan, print_report
from importer.states import State
from tests.unit import report_plans as plans
from tests.unit.hostile_plans import HOSTILE, hostile

EVERY = plans.every_kind()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def shown(plan: Plan, *, width: int | None = 120, detail: Detail = Detail.BRIEF) -> str:
    stream = io.StringIO()
    print_plan(plan, stream=stream, width=width, detail=detail)
    return stream.getvalue()


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(start))


@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("width", [72, 80, 100, 120, 200, 300])
@pytest.mark.parametrize("plan", [EVERY, plans.many(60), *map(hostile, HOSTILE.values())])
def test_no_line_is_wider_than_the_terminal(plan: Plan, width: int, detail: Detail) -> None:
    lines = shown(plan, width=width, detail=detail).splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [72, 80, 120, 200])
def test_amounts_end_in_one_column_whatever_their_length(width: int) -> None:
    text = shown(EVERY, width=width)
    (title,) = (line for line in text.splitlines() if "Amount EUR" in line)
    amounts = re.findall(r"(?m)^([?!+~] (?:2026\S+|-) +(?:[0-9,.]+|unreadable))(?:  |$)", text)
    assert len(amounts) == 6
    assert {len(line) for line in amounts} == {title.index("Amount EUR") + len("Amount EUR")}


def test_what_needs_a_person_comes_first_then_what_is_created_and_the_rest_is_a_count() -> None:
    text = shown(EVERY)
    places = [text.index(head) for head in ("? To review (2)", "! Rejected (1)", "+ Ready (2)", "~ To change (1)")]
    assert places == sorted(places)
    assert "Nordlicht" not in text
    assert "= Already imported      1    119.00 EUR   0.00 EUR" in text


def test_full_detail_lists_every_line_with_its_reasons_candidates_and_changes() -> None:
    text = shown(EVERY, width=200, detail=Detail.FULL)
    for said in (
        "Nordlicht",
        "Stadtwerke",
        "Bank: RE 103007 abzgl. 10,00 Gebühr",
        "(amount-short)",
        "Or customer 10110 Gärtnerei Grün, invoice 103019 (1,180.00 EUR left): Remaining Amount 1,180.00 EUR, the same",
        "description: Hotel Adler -> Hotel Adler Rechnung 103020",
        "statement-2026-11.csv, record 3, BI100000000000000003",
        "To review: -1,180.00 EUR of customer 10110 Gärtnerei Grün to invoice 103007 (1,190.00 EUR left)",
        "Ready: -1,190.00 EUR of customer 10100 Kontor Nord to invoice 103004 (1,190.00 EUR left)",
    ):
        assert said in text


def test_a_reason_that_a_person_needs_is_never_cut_short() -> None:
    text = " ".join(shown(EVERY, width=80).split())
    assert "Two open invoices have this Remaining Amount, and the text names neither of them." in text
    assert "Invoice 103007 is named, but 10.00 EUR are missing from its Remaining Amount of 1,190.00 EUR." in text


def test_several_invoices_are_counted_where_they_do_not_fit() -> None:
    assert "103002 +2" in line_of(shown(EVERY, width=80), "+ 2026-11-04")
    assert "103002, 103003, 103004" in line_of(shown(EVERY, width=200), "+ 2026-11-04")


def test_long_lists_end_with_a_count_of_what_is_not_shown() -> None:
    plan = plans.many(500)
    text = shown(plan)
    assert sum(line.startswith("+ 2026") for line in text.splitlines()) == MOST_ROWS
    assert f"... and {400 - MOST_ROWS} more" in text
    assert sum(line.startswith("+ 2026") for line in shown(plan, detail=Detail.FULL).splitlines()) == 400


def test_amounts_name_their_currency_only_where_they_differ() -> None:
    dollars = plans.create(plans.line(9, "20.00", "b", currency="USD"), "1", "2")
    text = shown(plans.plan_of(*plans.ready(), dollars))
    assert "Amount EUR" not in text
    assert "1,190.00 EUR" in line_of(text, "+ 2026-11-03")
    assert "20.00 USD" in line_of(text, "+ 2026-11-11")


def test_account_numbers_are_masked_everywhere() -> None:
    bank = plans.line(1, "5.00", f"von {plans.PAYER}", counterparty=plans.PAYER, iban=plans.PAYER)
    text = shown(plans.plan_of(plans.create(bank, "10000", "103001")), width=300, detail=Detail.FULL)
    assert plans.PAYER not in text
    assert plans.ACCOUNT not in text
    assert "DE02…2051" in text


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_texts_of_strangers_cannot_steer_the_terminal(name: str, stream: type[io.StringIO]) -> None:
    output = stream()
    print_plan(hostile(HOSTILE[name]), stream=output, width=100, detail=Detail.FULL)
    # What rich itself writes for colours is known; nothing else may be there.
    text = re.sub(r"\x1b\[[0-9;]*m", "", output.getvalue())
    assert not {unicodedata.category(char) for char in text if char not in "\n\u200d"} & {"Cc", "Cf", "Cs"}


def test_square_brackets_of_a_payer_are_text_not_markup() -> None:
    bank = plans.line(1, "5.00", "[bold red]paid[/] :warning:", counterparty="[link=x]Name[/link]")
    text = shown(plans.plan_of(plans.create(bank, "10000", "103001")), detail=Detail.FULL)
    assert "[link=x]Name[/link]" in text
    assert "Bank: [bold red]paid[/] :warning:" in text


def test_without_a_terminal_there_is_no_colour_and_120_columns() -> None:
    text = shown(EVERY, width=None)
    assert "\x1b" not in text
    assert 100 < max(map(len, text.splitlines())) <= 120


def test_on_a_terminal_colour_only_adds_to_marks_and_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    print_plan(EVERY, stream=terminal, width=120)
    coloured = terminal.getvalue()
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(EVERY)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_stream_that_cannot_carry_a_letter_still_gets_the_report(encoding: str) -> None:
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding=encoding)
    print_plan(hostile(HOSTILE["emoji"]), stream=stream, width=100)
    stream.flush()
    assert b"All lines" in content.getvalue()


def test_an_empty_plan_says_that_there_are_no_lines() -> None:
    text = shown(plans.plan_of())
    assert "There are no bank lines." in text
    assert "Customer" not in text


def test_an_outcome_shows_what_business_central_said() -> None:
    plan = plans.plan_of(*plans.ready())
    words = "Customer 10100 is blocked with type All."
    outcome = plans.run_outcome(
        plan, (State.CREATED, ""), (State.CREATED, ""), (State.REJECTED, words), (State.CREATED, "")
    )
    stream = io.StringIO()
    print_report(outcome_report(plan, replace(outcome, notes=("Line 7 was edited.",))), stream=stream, width=80)
    text = stream.getvalue()
    assert text.startswith("Run R-1  CRONUS International Ltd.")
    assert "i Line 7 was edited." in text
    assert "x Rejected by Business Central (1)" in text
    assert words in text
    assert "+ Created (1)" in text


def test_full_detail_of_an_outcome_tells_what_became_of_each_journal_line() -> None:
    plan = plans.plan_of(plans.ready()[1])
    outcome = plans.run_outcome(plan, (State.CREATED, ""), (State.REJECTED, "blocked"), (State.UNKNOWN, ""))
    stream = io.StringIO()
    print_report(outcome_report(plan, outcome), stream=stream, width=120, detail=Detail.FULL)
    assert [line.strip() for line in stream.getvalue().splitlines() if "to invoice" in line] == [
        "Created: -1,190.00 EUR of customer 10100 to invoice 103002",
        "Rejected: blocked: -1,190.00 EUR of customer 10100 to invoice 103003",
        "Unknown: -1,190.00 EUR of customer 10100 to invoice 103004",
    ]


def test_yen_have_no_decimals() -> None:
    plan = replace(plans.plan_of(plans.create(plans.line(1, "1000", "a", currency="JPY"), "1", "2")), currency="JPY")
    assert str(Money.of("1000", "JPY")) == "1,000 JPY"
    assert "1,000  " in line_of(shown(plan), "+ 2026-11-03")


def test_a_single_invoice_number_is_never_cut() -> None:
    number = "PS-INV26-000048/2026"
    plan = plans.plan_of(plans.create(plans.line(1, "5.00", "a"), "10000", number))
    assert number in line_of(shown(plan, width=72), "+ 2026-11-03")


def test_a_reason_without_room_is_told_by_the_name_of_its_rule() -> None:
    assert line_of(shown(EVERY, width=100), "+ 2026-11-03").endswith("document number")
    assert line_of(shown(EVERY, width=200), "+ 2026-11-03").endswith("has exactly this Remaining Amount.")


def test_customers_are_named_where_there_is_room() -> None:
    report = plan_report(EVERY)
    texts = {}
    for width in (120, 200):
        stream = io.StringIO()
        print_report(report, stream=stream, width=width, detail=Detail.FULL)
        texts[width] = stream.getvalue()
    assert "10000 Müller & Töchter" in line_of(texts[200], "+ 2026-11-03")
    assert "Töchter  " not in line_of(texts[120], "+ 2026-11-03")
    assert "Or customer 10310 Weber & Sohn, invoice 103051 (595.00 EUR left)" in texts[120]


def test_where_no_reason_fits_names_get_the_room() -> None:
    bank = plans.line(1, "1190.00", "RE 103001", counterparty="Gemeinnützige Wohnungsbau Aue")
    plan = plans.plan_of(plans.create(bank, "10000", "PS-INV26-000048"))
    assert line_of(shown(plan, width=72), "+ 2026-11-03").split("  ")[3] == "Gemeinnützige Wohn…"
    assert "Why" not in shown(plan, width=72)
    assert "Why" in shown(plan, width=100)
