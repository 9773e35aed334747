from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.model import Evidence, Reason
from importer.reports.highlight import Piece, pieces
from importer.reports.printable import mask_iban, mask_text, printable

any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller & Söhne", "Müller & Söhne"),
        ("\u202egnp.exe\u202c", "<U+202E>gnp.exe<U+202C>"),
        ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
        ("\x1b[31mred\x07\x00", "<U+001B>[31mred<U+0007><U+0000>"),
        ("\x9b31m", "<U+009B>31m"),
        ("two\r\nlines\tand\u2028more", "two  lines and<U+2028>more"),
        ("lone \ud800 half", "lone <U+D800> half"),
        ("no \uffff characters \ufffe", "no <U+FFFF> characters <U+FFFE>"),
        ("👩‍👩‍👧 🥐", "👩‍👩‍👧 🥐"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(any_text)
def test_nothing_printable_moves_the_cursor_or_the_reading_direction(text: str) -> None:
    kept = printable(text).replace("\u200d", "")
    assert not {unicodedata.category(char) for char in kept} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("iban", "shown"),
    [
        ("DE02120300000000202051", "DE02…2051"),
        ("DE02 1203 0000 0000 2020 51", "DE02…2051"),
        ("NL91ABNA0417164300", "NL91…4300"),
        ("12345678", "12345678"),
        ("", ""),
    ],
)
def test_an_account_number_is_shortened(iban: str, shown: str) -> None:
    assert mask_iban(iban) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("von DE02120300000000202051 an uns", "von DE02••••••••••••••2051 an uns"),
        ("DE02 1203 0000 0000 2020 51 Rechnung 7", "DE02 •••• •••• •••• ••20 51 Rechnung 7"),
        ("NL91ABNA0417164300,BE68539007547034", "NL91••••••••••4300,BE68••••••••7034"),
        # Mistyped: the check digits are wrong, the rest still tells the account.
        ("DE03120300000000202051", "DE03••••••••••••••2051"),
        ("value DE23 9999 9999 0000 0099 99, paid", "value DE23 •••• •••• •••• ••99 99, paid"),
        # One character short of the country's length: a customer's own number stays readable.
        ("DE0312030000000020205", "DE0312030000000020205"),
        # A creditor reference (ISO 11649) has the same check digits and names an invoice.
        ("RF24 5390 0754 7034 0000 42", "RF24 5390 0754 7034 0000 42"),
        ("RE2026 1030 0112 3456 7890", "RE2026 1030 0112 3456 7890"),
    ],
)
def test_account_numbers_inside_a_text_are_dotted_out_and_nothing_else(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@given(any_text)
def test_masking_keeps_the_length_of_a_text(text: str) -> None:
    assert len(mask_text(text)) == len(text)


def reason(*found: tuple[str, int, int], field: str = "text") -> list[Reason]:
    return [Reason("rule", "message", tuple(Evidence(kind, "", field, start, end) for kind, start, end in found))]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([("number", 3, 9)], [Piece("RE "), Piece("103001", "number"), Piece(" Nord")]),
        (
            [("name", 10, 14), ("number", 3, 9)],
            [Piece("RE "), Piece("103001", "number"), Piece(" "), Piece("Nord", "name")],
        ),
        ([("long", 0, 9), ("inside", 3, 9)], [Piece("RE 103001", "long"), Piece(" Nord")]),
        ([("all", 0, 14)], [Piece("RE 103001 Nord", "all")]),
        ([("beyond", 3, 99), ("empty", 3, 3), ("backwards", 5, 3), ("negative", -2, 3)], [Piece("RE 103001 Nord")]),
        ([("same", 3, 9), ("same", 3, 9)], [Piece("RE "), Piece("103001", "same"), Piece(" Nord")]),
    ],
)
def test_found_numbers_are_marked_at_their_place(found: list[tuple[str, int, int]], expected: list[Piece]) -> None:
    assert list(pieces("RE 103001 Nord", "text", reason(*found))) == expected


def test_evidence_of_another_field_marks_nothing() -> None:
    assert pieces("103001", "text", reason(("number", 0, 6), field="counterparty")) == (Piece("103001"),)


@given(any_text, st.lists(st.tuples(st.just("kind"), st.integers(-2, 70), st.integers(-2, 70)), max_size=6))
def test_the_pieces_of_a_text_are_the_whole_text(text: str, found: list[tuple[str, int, int]]) -> None:
    assert "".join(piece.text for piece in pieces(text, "text", reason(*found))) == printable(text)
