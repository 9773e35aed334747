"""Bad encodings and broken CSV, by the ids of reliability.md §10.2 (B31-B54)."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.mapping import Mapping
from importer.reader import read_statement
from tests.unit.reader_files import (
    ACCOUNT,
    GENERIC,
    HEADER,
    PLAIN,
    generic,
    mapping,
    read,
    refusal,
    row,
    rules,
    warnings,
)

LEGACY = mapping(PLAIN.replace('delimiter = ";"', 'delimiter = ";"\nencodings = ["windows-1252"]'))
PLAIN_MAPPING = mapping()
BALANCED = mapping(
    PLAIN.replace('"Amount"]', '"Amount", "Balance"]')
    .replace('amount = "Amount"', 'amount = "Amount"\nbalance = "Balance"')
    .replace('currency = "EUR"', 'currency = "EUR"\nrunning = "after"')
)


def balanced(*rows: str) -> str:
    return "\n".join(["Date;Text;Amount;Balance", *rows]) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_b31_a_byte_order_mark_wins_and_is_no_part_of_the_header(tmp_path: Path, encoding: str) -> None:
    assert [line.text for line in read(tmp_path, generic(row(text="Größe")).encode(encoding)).lines] == ["Größe"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_b32_utf16_without_a_mark_is_refused_unless_declared(tmp_path: Path, encoding: str) -> None:
    content = "Date;Text;Amount\n01.03.2026;ok;1,00\n".encode(encoding)
    declared = mapping(PLAIN.replace('delimiter = ";"', f'delimiter = ";"\nencodings = ["{encoding}"]'))

    assert refusal(tmp_path, content, PLAIN_MAPPING)
    assert len(read(tmp_path, content, declared).lines) == 1


def test_b32_utf16_whose_byte_order_neither_file_nor_mapping_states_is_refused(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n01.03.2026;ok;1,00\n".encode("utf-16-le")
    declared = mapping(PLAIN.replace('delimiter = ";"', 'delimiter = ";"\nencodings = ["utf-16"]'))

    assert 'encodings = ["utf-16-le"]' in refusal(tmp_path, content, declared)


def test_b33_a_byte_that_windows_1252_does_not_have_is_refused_with_its_place(tmp_path: Path) -> None:
    message = refusal(tmp_path, b"Date;Text;Amount\n01.03.2026;\x81;1,00\n", LEGACY)

    assert "byte 28 (row 2) is 81" in message


def test_b33_the_declared_encoding_is_used(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n01.03.2026;Größe €;1,00\n".encode("cp1252")

    assert read(tmp_path, content, LEGACY).lines[0].text == "Größe €"


@pytest.mark.parametrize("encodings", [["utf-8"], ["utf-8", "windows-1252"]])
def test_b34_b36_one_bad_byte_refuses_the_file_with_its_place(tmp_path: Path, encodings: list[str]) -> None:
    declared = mapping(PLAIN.replace('delimiter = ";"', f'delimiter = ";"\nencodings = {encodings}'))
    good = "01.03.2026;Größe;1,00\n".encode()
    content = b"Date;Text;Amount\n" + good * 5000 + "01.03.2026;Größe;1,00\n".encode("cp1252")

    assert "(row 5002) is F6, which is not utf-8" in refusal(tmp_path, content, declared)


@pytest.mark.parametrize("letters", range(99_990, 100_010))
def test_b34_a_letter_that_is_cut_in_two_has_its_place_wherever_it_stands(tmp_path: Path, letters: int) -> None:
    content = b"Date;Text;Amount\n01.03.2026;" + b"a" * (letters - 28) + b"\xe2\x82;1,00\n"

    assert f"byte {letters} (row 2) is E2, which is not utf-8" in refusal(tmp_path, content, PLAIN_MAPPING)


def test_b35_garbled_letters_are_told(tmp_path: Path) -> None:
    assert warnings(read(tmp_path, generic(row(text="GrÃ¶ÃŸe")))) == ["TXT-4"]


def test_b37_nul_is_refused(tmp_path: Path) -> None:
    assert "NUL" in refusal(tmp_path, generic(row(text="a\0b")))


@pytest.mark.parametrize("char", ["\x07", "\x1b", "\u202e", "\u200b"])
def test_b38_unseen_characters_leave_text_and_reject_codes(tmp_path: Path, char: str) -> None:
    assert read(tmp_path, generic(row(text=f"a{char}b"))).lines[0].text == "ab"
    assert rules(read(tmp_path, generic(row(iban=f"DE12{char}34")))) == ["TXT-3"]
    assert rules(read(tmp_path, generic(row(amount=f"1{char}0.00")))) == ["AMT-1"]


def test_b39_surrogate_halves_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, generic(row()).encode() + b"\xed\xa0\x80")
    assert refusal(tmp_path, generic(row()).encode("utf-16") + b"\x00\xd8x\x00")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_b40_line_ends_make_no_difference(tmp_path: Path, end: str) -> None:
    content = generic(row(text='"two\nlines"'), row()).replace("\n", end).removesuffix(end)
    statement = read(tmp_path, content)

    assert [(line.row, line.text) for line in statement.lines] == [(2, "two lines"), (4, "a text")]


@pytest.mark.parametrize("text", ['"never closed', '"a" b', '"a""'])
def test_b41_b42_broken_quotes_are_refused(tmp_path: Path, text: str) -> None:
    assert "quote" in refusal(tmp_path, generic(row(text=text), row(), row()))


@pytest.mark.parametrize("cells", ["a,b,c", f"{row()},extra", f"{row()},", row(amount="1,50"), "1"])
def test_b43_b44_a_row_of_another_length_is_refused(tmp_path: Path, cells: str) -> None:
    assert "row 3: has" in refusal(tmp_path, generic(row(), cells))


def test_b44_a_mapping_may_allow_short_rows(tmp_path: Path) -> None:
    short = mapping(PLAIN.replace('"Amount"]', '"Amount", "Note"]\nrows = "lenient"'))

    assert len(read(tmp_path, "Date;Text;Amount;Note\n01.03.2026;ok;1,00\n", short).lines) == 1


def test_b45_a_huge_cell_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    assert rules(read(tmp_path, generic(row(text="x" * 40_000)))) == ["TXT-2"]
    assert "more than 131,072 characters" in refusal(tmp_path, generic(row(text="x" * 140_000)))


def test_b46_header_names_are_compared_without_case_blanks_and_width(tmp_path: Path) -> None:
    header = HEADER.upper().replace(",", " , ").replace("TEXT", "ＴＥＸＴ")

    assert len(read(tmp_path, generic(row()).replace(HEADER, header)).lines) == 1


def test_b46_another_order_and_further_columns_are_read_and_told(tmp_path: Path) -> None:
    def turned(line: str, *more: str) -> str:
        return ",".join([*reversed(line.split(",")), *more])

    content = "\n".join([turned(HEADER, "note"), turned(row(amount="12.50"), "x")])
    statement = read(tmp_path, content)

    assert [line.amount.text() for line in statement.lines] == ["12.50"]
    assert [problem.message for problem in statement.warnings] == [
        "the header differs from the mapping's: also has note"
    ]


def test_b46_a_column_that_is_called_optional_may_be_missing(tmp_path: Path) -> None:
    statement = read(tmp_path, "booking_date,amount,currency,text\n2026-03-02,1.00,EUR,a\n")

    assert ([line.text for line in statement.lines], warnings(statement)) == (["a"], ["HEAD-1"])


def test_b46_a_missing_column_is_refused_with_the_nearest_mapping(tmp_path: Path) -> None:
    message = refusal(tmp_path, generic(row()).replace("amount", "sum"))

    assert 'nearest mapping generic also wants "amount" and does not know "sum"' in message


def test_b46_a_doubled_column_is_not_taken_for_the_layout(tmp_path: Path) -> None:
    assert "no mapping" in refusal(tmp_path, "Date;Date;Amount\n01.03.2026;01.03.2026;1,00\n", PLAIN_MAPPING)


def test_b47_a_changed_header_is_refused_with_what_differs(tmp_path: Path) -> None:
    message = refusal(tmp_path, "Date;Text;Amount;New\n01.03.2026;ok;1,00;\n", PLAIN_MAPPING)

    assert 'nearest mapping plain does not know "New"' in message


def test_b48_the_separator_hint_and_a_preamble_are_no_bookings(tmp_path: Path) -> None:
    content = "sep=|\nAccount;DE02\n\nDate|Text|Amount\n01.03.2026|ok|1,00\n"

    assert [(line.row, line.text) for line in read(tmp_path, content, PLAIN_MAPPING).lines] == [(5, "ok")]


def test_b49_blank_rows_are_skipped(tmp_path: Path) -> None:
    content = "Date;Text;Amount\n\n01.03.2026;a;1,00\n;;\n \n02.03.2026;b;2,00\n"

    assert [line.text for line in read(tmp_path, content, PLAIN_MAPPING).lines] == ["a", "b"]


def test_b50_a_row_with_a_million_columns_is_refused(tmp_path: Path) -> None:
    assert "columns, more than 200" in refusal(tmp_path, generic(row(), "," * 1_000_000))


def test_b51_two_accounts_in_one_file_are_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, generic(row(), row(account="DE99")))

    assert f'row 3: account "DE99", but the lines before are of "{ACCOUNT}"' in message


def test_b52_a_broken_running_balance_is_refused_with_the_row(tmp_path: Path) -> None:
    rows = ["01.03.2026;a;1,00;11,00", "02.03.2026;b;2,00;13,00", "03.03.2026;c;3,00;17,00"]

    assert "row 4: balance 17.00 EUR, but the rows before it lead to 16.00 EUR" in refusal(
        tmp_path, balanced(*rows), BALANCED
    )


def test_b52_opening_plus_sum_must_be_closing(tmp_path: Path) -> None:
    stating = mapping(PLAIN + '[outside]\nopening = { label = "Opening" }\nclosing = { label = "Closing" }\n')
    content = "Opening;10,00;\nClosing;{};\nDate;Text;Amount\n01.03.2026;a;1,00\n"

    assert read(tmp_path, content.format("11,00"), stating).closing is not None
    assert "opening balance 10.00 EUR and the lines give 11.00 EUR" in refusal(
        tmp_path, content.format("12,00"), stating
    )


def test_b54_either_order_holds_the_running_balance(tmp_path: Path) -> None:
    rows = ["01.03.2026;a;1,00;11,00", "01.03.2026;b;2,00;13,00", "02.03.2026;c;-3,00;10,00"]

    for given in (rows, rows[::-1]):
        statement = read(tmp_path, balanced(*given), BALANCED)
        assert [str(statement.opening), str(statement.closing)] == ["10.00 EUR", "10.00 EUR"]


def test_a_blank_balance_does_not_break_the_chain(tmp_path: Path) -> None:
    rows = ["01.03.2026;a;1,00;11,00", "01.03.2026;b;2,00;", "02.03.2026;c;-3,00;10,00"]

    assert len(read(tmp_path, balanced(*rows), BALANCED).lines) == 3


def test_all_wrong_rows_are_reported_at_once_with_their_place(tmp_path: Path) -> None:
    content = generic(row(amount='"1,5"'), row(), row(date="2026-02-30", currency="EURO"))
    statement = read(tmp_path, content)

    assert [(p.file, p.row, p.column, p.value, p.rule) for unread in statement.unread for p in unread.problems] == [
        ("kto.csv", 2, "amount", "1,5", "AMT-4"),
        ("kto.csv", 4, "currency", "EURO", "CUR-1"),
        ("kto.csv", 4, "booking_date", "2026-02-30", "DAT-1"),
    ]
    assert [(line.record, line.row) for line in statement.lines] == [(2, 3)]


def test_two_mappings_that_read_differently_are_both_named(tmp_path: Path) -> None:
    american = Mapping.model_validate({**mapping(formats='["%m.%d.%Y"]').model_dump(), "id": "american"})
    content = "Date;Text;Amount\n01.03.2026;a;1,00\n"

    with pytest.raises(UnusableFile, match="mappings plain and american both claim it"):
        read(tmp_path, content, PLAIN_MAPPING, american)
    assert read(tmp_path, content.replace("01.03", "31.03"), PLAIN_MAPPING, american).mapping == "plain"


def test_a_mapping_that_is_named_is_used(tmp_path: Path) -> None:
    path = tmp_path / "kto.csv"
    path.write_text("Text;Amount;Date\na;1,00;01.03.2026\n")

    assert read_statement(path, [GENERIC, PLAIN_MAPPING], "plain").mapping == "plain"


@pytest.mark.parametrize(("amount", "read_as"), [("1,00\n2,00", "AMT-1"), ("1,00\n", "1.00"), ("\n1,00", "1.00")])
def test_a_line_break_in_an_amount_never_moves_the_amounts_below(tmp_path: Path, amount: str, read_as: str) -> None:
    text = f'Date;Text;Amount\n01.03.2026;a;"{amount}"\n02.03.2026;b;3,00\n'
    statement = read(tmp_path, text, mapping())
    seen = {line.text: line.amount.text() for line in statement.lines}
    assert (seen.pop("b"), [*seen.values(), *rules(statement)]) == ("3.00", [read_as])
