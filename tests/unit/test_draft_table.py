"""A draft finds the table: header, preamble, footer, rows that are no bookings."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.reader.draft import draft_mapping
from tests.unit.drafts import draft

HEAD = "Datum;Text;Betrag\n"
ONE, TWO = "13.03.2026;a;-1,50\n", "14.03.2026;b;2,00\n"
READ = [("2026-03-13", "-1.50"), ("2026-03-14", "2.00")]


@pytest.mark.parametrize(
    ("content", "said", "marked"),
    [
        pytest.param(HEAD + ONE + TWO, {"table.header": ["Datum", "Text", "Betrag"]}, [], id="plain"),
        pytest.param(
            "Konto;1\n\nZeitraum;März\n" + HEAD + ONE + TWO,
            {"table.header": ["Datum", "Text", "Betrag"]},
            [],
            id="preamble",
        ),
        pytest.param(
            "Konto;Stand am;Saldo;Währung\n1;31.03.2026;5,00;EUR\n\n" + HEAD + ONE + TWO,
            {"table.header": ["Datum", "Text", "Betrag"]},
            [],
            id="a smaller table above",
        ),
        pytest.param(HEAD + ONE + HEAD + TWO, {"repeated_header": True}, [], id="repeated header"),
        pytest.param(
            "Datum;;Betrag\nBuchung;Text;EUR\n" + ONE + TWO,
            {
                "table.header": ["Datum Buchung", "Text", {"pattern": "Betrag (?P<currency>[A-Z]{3})"}],
                "table.header_rows": 2,
            },
            ["header_rows"],
            id="header over two rows",
        ),
        pytest.param(
            HEAD + ONE + TWO + "Alle Angaben ohne Gewähr\n",
            {"table.footer": "undated", "table.rows": "lenient"},
            [],
            id="footer",
        ),
        pytest.param(HEAD + ONE + TWO + "Total;;0,50\n", {"table.footer": "undated"}, [], id="total"),
        pytest.param(
            HEAD + ONE + TWO + ";Summe;0,50\n",
            {"table.footer": "pattern", "table.end": r"^[\t ]*Summe *(\t|$)"},
            ["end", "footer"],
            id="total below the texts",
        ),
        pytest.param(
            ONE + TWO, {"table.width": 3, "table.only_when_named": True}, ["only_when_named", "amount"], id="no header"
        ),
        pytest.param(
            "K|1\n" + (ONE + TWO).replace(";", "|"),
            {"table.width": 3, "table.skip": 1},
            ["only_when_named", "amount"],
            id="skipped row",
        ),
        pytest.param(
            "Auszug:\nKonto:;1234567890\nArt:;Giro\nNummer:;24\n13Mar2026;a;-1,50;7,00\n14Mar2026;b;2,00;9,00\n",
            {"table.width": 4, "table.skip": 4, "dates.formats": ["%d%b%Y"]},
            ["only_when_named", "amount", "account"],
            id="no header, days without a separator",
        ),
        pytest.param(
            "280326;a;-1,50\n290326;b;2,00\nTotal;;\n",
            {"table.width": 3, "dates.formats": ["%d%m%y"]},
            ["only_when_named", "amount", "formats"],
            id="six digits",
        ),
        pytest.param(
            "Wann;Text;Wert\n280326;a;-1,50\n290326;b;2,00\n",
            {"columns.booked_on": "Wann"},
            ["amount", "formats"],
            id="six digits, headed",
        ),
        pytest.param(
            HEAD.strip() + ";\n13.03.2026;a;-1,50;\n14.03.2026;b;2,00;\n",
            {"table.header": ["Datum", "Text", "Betrag"]},
            [],
            id="blank end",
        ),
        pytest.param(
            HEAD.strip() + ";Info\n13.03.2026;a;-1,50;x\n14.03.2026;b;2,00\n",
            {"table.rows": "ragged"},
            ["rows"],
            id="short record",
        ),
        pytest.param(
            HEAD + "13.03.2026;a;-1,50;x\n14.03.2026;b;2,00\n", {"table.rows": "joined"}, ["rows"], id="surplus cell"
        ),
    ],
)
def test_the_table_is_found(tmp_path: Path, content: str, said: dict[str, object], marked: list[str]) -> None:
    made = draft(tmp_path, content)

    assert {key: made.values[key] for key in said} == said
    assert [key for key in made.marked if key not in ("currency", "model", "text")] == marked
    assert [amount for _, amount in made.lines[-1:]] == ["2.00"]


@pytest.mark.parametrize(
    ("rows", "rule", "marked"),
    [
        (ONE + TWO + ";c;9,00\n" + TWO, {"column": "Datum", "blank": True, "because": "not booked yet"}, "blank"),
        (
            "Pending;c;9,00\n" + ONE + TWO,
            {"column": "Datum", "equals": ["Pending"], "because": "not booked yet"},
            "equals",
        ),
        (
            ONE + "Teil A;;\n" + TWO,
            {"column": "Datum", "equals": ["Teil A"], "because": "a title or a total, not a booking"},
            "equals",
        ),
        (
            ONE + "Section A;;\n" + TWO + "Section B;;\n" + TWO + "Section C;;\n" + TWO + "Section D;;\n" + TWO,
            {"column": "Datum", "pattern": "^Section ", "because": "a title or a total, not a booking"},
            "pattern",
        ),
        (
            "13.03.2026;Anfangssaldo;9,00\n" + ONE + TWO,
            {"column": "Text", "pattern": "^(Anfangssaldo)", "because": "a balance, not a booking"},
            "pattern",
        ),
        (
            ";Anfangssaldo;9,00\n" + ONE + ";Saldovortrag;9,00\n" + TWO,
            {"column": "Text", "pattern": "^(Anfangssaldo|Saldovortrag)", "because": "a balance, not a booking"},
            "pattern",
        ),
    ],
)
def test_rows_that_are_no_bookings_are_left_out_and_marked(
    tmp_path: Path, rows: str, rule: dict[str, object], marked: str
) -> None:
    made = draft(tmp_path, HEAD + rows)

    assert made.values["leave_out"] == [rule]
    assert marked in made.marked
    assert set(made.lines) == set(READ)


def test_a_row_above_the_bookings_with_nothing_but_a_balance_is_left_out(tmp_path: Path) -> None:
    rows = ";OPENING BALANCE;;10,00\n13.03.2026;a;-1,50;8,50\n14.03.2026;b;2,00;10,50\n;SUM TOTAL;0,50;\n"
    made = draft(tmp_path, "Datum;Text;Betrag;Saldo\n" + rows)

    assert [rule["pattern"] for rule in made.values["leave_out"]] == ["^(OPENING BALANCE)"]
    assert (made.lines, made.statement.unread) == (READ, ())


def test_rows_without_date_and_amount_carry_more_text(tmp_path: Path) -> None:
    head = "Datum;Text;Betrag Detail;Betrag\n"
    made = draft(tmp_path, head + "13.03.2026;a;;-1,50\n;more;0,75;\n;and more;0,75;\n14.03.2026;b;;2,00\n")

    assert made.says("continuation", "columns.detail") == ["undated", "Betrag Detail"]
    assert "continuation" in made.marked
    assert [line.text for line in made.statement.lines] == ["a more 0,75 and more 0,75", "b"]


@pytest.mark.parametrize("content", ["only text\nand more\n", "a;b\nc;d\n", "Name;Ort\nAdatum;Wien\n"])
def test_a_file_without_bookings_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kto.csv"
    path.write_text(content)

    with pytest.raises(UnusableFile, match=r"^kto\.csv: no table with at least one booking was found in it"):
        draft_mapping(path)


def test_whatever_the_bank_writes_the_draft_is_a_mapping(tmp_path: Path) -> None:
    made = draft(
        tmp_path, 'Datum;"Text ""mit"" \\ # CONFIRM";"Betrag (\n)"\n13.03.2026;"a # b";-1,50\n14.03.2026;b;2,00\n'
    )

    assert made.values["table.header"] == ["Datum", 'Text "mit" \\ # CONFIRM', "Betrag (\n)"]
    assert made.lines == READ
