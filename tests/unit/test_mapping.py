"""A mapping says what it means or is refused with words that help."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import ConfigurationError
from importer.mapping import load_mappings
from importer.mapping.columns import Column
from importer.mapping.exchange import convert_exchange_definition, is_exchange_definition
from importer.mapping.headers import plain_header, same_header
from importer.shipped import shipped
from tests.unit.reader_files import PLAIN, mapping, read


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title", "titel", 'unknown key "titel"; did you mean "title"?'),
        ('delimiter = ";"', 'delimitr = ";"', 'unknown key "file.delimitr"; did you mean "delimiter"?'),
        ("[numbers]", "[number]", 'unknown key "number"; did you mean "numbers"?'),
        ("[numbers]", "[number]", "the section [numbers] is missing"),
        ('delimiter = ";"', 'decimal = ";"', 'unknown key "file.decimal"; it belongs into [numbers]'),
        ("[file]", '[file]\noverlap = "balance"', 'unknown key "file.overlap"; it belongs above the first section'),
        ('text = "Text"', 'text = { nam = "Text" }', 'unknown key "columns.text (number 1).nam"; did you mean "name"?'),
        (
            'overlap = "full_days"',
            'overlap = "fulldays"',
            '"overlap" must be "full_days", "incremental" or "balance", not "fulldays"; did you mean "full_days"?',
        ),
        ('overlap = "full_days"', "", '"overlap" is missing'),
        ('decimal = ","', "", '"numbers.decimal" is missing'),
        ('decimal = ","', 'decimal = ";"', '"numbers.decimal" must be ",", "." or "proven", not ";"'),
        ('decimal = ","', 'decimal = ","\nsigns = ["trail"]', '"numbers.signs (number 1)" must be "trailing"'),
        ('currency = "EUR"', 'currency = "Euro"', "must be a currency code of three capital letters, such as EUR"),
        (
            'currency = "EUR"',
            'currency = "EUR"\nrepeated_header = "ja"',
            '"repeated_header" must be true or false, not "ja"',
        ),
        ('title = "Plain"', "title = 5", '"title" must be a text in quotes, not 5'),
        ('formats = ["%d.%m.%Y"]', "formats = 3", '"dates.formats" must be a text in quotes or a list of such, not 3'),
        ('formats = ["%d.%m.%Y"]', "formats = []", '"dates.formats" must not be empty'),
        ('delimiter = ";"', 'delimiter = ";;"', '"file.delimiter" must be one character, not ";;"'),
        ('"%d.%m.%Y"', '"DD.MM.YYYY"', "they are written %d and %m, the year %Y or %y"),
        ("[dates]", "[[dates]]", '"dates" must be a section [dates], not [{"formats": ["%d.%m.%Y"]}]'),
        (
            "[dates]",
            '[outside]\naccount = "IBAN"\n[dates]',
            '"outside.account" must be { label = "IBAN:" } or { pattern =',
        ),
        (
            'booked_on = "Date"',
            'booked_on = "Datum"',
            '"columns.booked_on": "Datum" is not in table.header; did you mean "Date"?',
        ),
        ('amount = "Amount"', "amount = 4", '"columns.amount": table.header has no column 4'),
        ('amount = "Amount"', 'amount = { name = "Amount", nth = 2 }', 'table.header has "Amount" 1 times, not 2'),
        ('header = ["Date", "Text", "Amount"]', "width = 3", 'columns are numbers from 1 to 3, not "Date"'),
        (
            "[dates]",
            '[[leave_out]]\ncolumn = "State"\nblank = true\nbecause = "x"\n[dates]',
            '"State" is not in table.header',
        ),
        ("[dates]", '[[leave_out]]\ncolumn = "Text"\nbecause = "x"\n[dates]', "give equals, pattern or blank = true"),
        (
            "[dates]",
            '[[leave_out]]\ncolumn = "Text"\nblank = true\n[dates]',
            '"leave_out (number 1).because" is missing',
        ),
        (
            "[dates]",
            '[[keep_only]]\ncolumn = "Text"\nbookings = ["a"]\nbecause = "x"\n[dates]',
            "bookings belongs to leave_out",
        ),
        (
            "[dates]",
            '[[leave_out]]\ncolumn = "Text"\nequals = ["Open"]\nbookings = ["open"]\nbecause = "x"\n[dates]',
            'has "open" in equals and in bookings',
        ),
        (
            "[dates]",
            '[amounts]\ndebit = "D"\ncredit = ["C", "d"]\n[dates]',
            '"d" stands in amounts.debit and in amounts.credit',
        ),
        ('decimal = ","', 'decimal = ","\nthousands = ","', "cannot be both the decimal and a thousands mark"),
        ('"%d.%m.%Y"', '"%d/%m/%Y", "%m/%d/%Y"', "read the same text as different days"),
        ('"%d.%m.%Y"', '"%d.%q.%Y"', '"%q" is not a part of a date'),
        ('"%d.%m.%Y"', '"%Y"', "has no day or no month"),
        ('"%d.%m.%Y"', '"%d.%m."', "outside.ends_on must say"),
        ('amount = "Amount"', 'debit = "Amount"', "amounts.model = signed needs columns.amount"),
        ('header = ["Date", "Text", "Amount"]', "", "table.header is missing"),
        (
            'amount = "Amount"',
            'amount = { pattern = "Amount \\\\((?P<currency>[A-Z]{3})\\\\)" }\ncurrency = "Text"',
            '"columns.currency": the header of columns.amount states its currency already, so "Text" is that of another amount',
        ),
        ('delimiter = ";"', 'encodings = ["utf-9"]', '"utf-9" is not an encoding'),
        ('text = "Text"', 'text = { pattern = "(" }', "is not a regular expression"),
        ('text = "Text"', "text = 0", "positions count from 1"),
        ('text = "Text"', 'text = { name = "a", position = 1 }', "exactly one way"),
        ('decimal = ","', 'decimal = ","\n[[extract]]\npattern = "(?P<customer>.)"', "the pattern needs named groups"),
        ('title = "Plain"', "title = Plain", "not a TOML file"),
        ('title = "Plain"', "title = Plain", "texts need quotes, lists need brackets, a key stands once"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_fault(old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        mapping(PLAIN.replace(old, new, 1))

    assert "plain.toml" in str(refused.value)
    assert message in str(refused.value)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        mapping(PLAIN.replace("title", "titel").replace("decimal", "decimals"))

    assert [part in str(refused.value) for part in ('"titel"', '"title"', '"numbers.decimal"')] == [True] * 3


def test_a_folder_of_ones_own_overrides_shipped_mappings(tmp_path: Path) -> None:
    (tmp_path / "generic.toml").write_text(PLAIN)

    assert [m.title for m in load_mappings([shipped("mappings"), tmp_path]) if m.id == "generic"] == ["Plain"]
    with pytest.raises(ConfigurationError, match="is not a folder"):
        load_mappings([tmp_path / "missing"])


def test_every_shipped_mapping_states_its_evidence_and_has_a_title_of_its_own() -> None:
    mappings = load_mappings([shipped("mappings")])

    assert [m.id for m in mappings if not (m.evidence and m.title and (m.country or m.id == "generic"))] == []
    assert len({m.title for m in mappings}) == len(mappings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Дата i час", "Дата і час"),
        ("Cума", "Сума"),
        (" BETRAG ", "betrag"),
        ("#Kwota", "Kwota"),
        ("ＴＥＸＴ", "text"),
        ("\ufeff'Date'", "Date"),
    ],
)
def test_headers_that_look_alike_are_alike(one: str, other: str) -> None:
    assert plain_header(one) == plain_header(other)


@pytest.mark.parametrize(
    ("wanted", "seen", "same"),
    [("währung", "w\ufffdhrung", True), ("währung", "w\ufffd\ufffdhrung", True), ("währung", "w\ufffdhl", False)],
)
def test_damaged_letters_of_a_header_stand_for_any(wanted: str, seen: str, *, same: bool) -> None:
    assert same_header(wanted, seen) is same


@pytest.mark.parametrize(
    ("column", "places"),
    [
        ({"name": "B"}, (1,)),
        ({"name": "a", "nth": 2}, (3,)),
        ({"any_of": ["x", "b"]}, (1,)),
        ({"pattern": "c .*"}, (2,)),
        ({"position": 1}, (0,)),
        ({"position": -1}, (3,)),
        ({"position": 2, "to": -1}, (1, 2, 3)),
        ({"first_filled": ["b", "a"]}, (1, 0)),
        ({"name": "z"}, ()),
    ],
)
def test_columns_are_found(column: dict[str, object], places: tuple[int, ...]) -> None:
    assert Column.model_validate(column).places(["A", "b", "C (EUR)", "a"], 4) == places


@pytest.mark.parametrize(("column", "places"), [({"position": 2, "to": 4}, (1, 2, 3)), ({"position": -1}, (1,))])
def test_columns_after_the_last_named_one_count_from_the_left_only(
    column: dict[str, object], places: tuple[int, ...]
) -> None:
    assert Column.model_validate(column).places(["A", "B", "", ""], 2) == places


DEFINITION = b"""<?xml version="1.0"?><root>
<DataExchDef Code="DEMO" Name="Demo Bank" Type="0" HeaderLines="1" ColumnSeparator="2" FileEncoding="1" FileType="1">
<DataExchLineDef LineType="0" Code="DET" Name="Lines" ColumnCount="4">
<DataExchColumnDef ColumnNo="1" Name="Day" DataType="1" DataFormat="dd-MMM-yy" DataFormattingCulture="de-DE"/>
<DataExchColumnDef ColumnNo="2" Name="Words" DataType="0"/>
<DataExchColumnDef ColumnNo="3" Name="Sum" DataType="2" DataFormattingCulture="de-DE"/>
<DataExchColumnDef ColumnNo="4" Name="Side" DataType="0" NegativeSignIdentifier="S"/>
<DataExchMapping TableId="274">
<DataExchFieldMapping ColumnNo="1" FieldID="5"/><DataExchFieldMapping ColumnNo="2" FieldID="23"/>
<DataExchFieldMapping ColumnNo="3" FieldID="7"/><DataExchFieldMapping ColumnNo="4" FieldID="7"/>
</DataExchMapping></DataExchLineDef></DataExchDef></root>"""


def test_a_data_exchange_definition_becomes_a_mapping_that_reads(tmp_path: Path) -> None:
    converted = mapping(convert_exchange_definition(DEFINITION, "demo.xml"))
    statement = read(
        tmp_path, "Day;Words;Sum;Side\n02-Mär-26;Rechnung;1.190,50;S\n03-Mär-26;Gutschrift;5,00;H\n", converted
    )

    assert is_exchange_definition(DEFINITION)
    assert [(line.booked_on.isoformat(), line.text, line.amount.text()) for line in statement.lines] == [
        ("2026-03-02", "Rechnung", "-1190.50"),
        ("2026-03-03", "Gutschrift", "5.00"),
    ]
