"""A data exchange definition of Business Central becomes a mapping that reads the same files the same way, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.mapping import parse_mapping
from importer.mapping.exchange import convert_exchange_definition, is_exchange_definition
from importer.mapping.exchange_formats import date_format, marks
from tests.unit.reader_files import read

DAY = '<DataExchColumnDef ColumnNo="1" Name="Day" DataType="1" DataFormat="dd-MM-yyyy" DataFormattingCulture="da-DK"/>'
WORDS = '<DataExchColumnDef ColumnNo="2" Name="Words" DataType="0"/>'
SUM = '<DataExchColumnDef ColumnNo="3" Name="Sum" DataType="2" DataFormattingCulture="da-DK"/>'
TO_DAY = '<DataExchFieldMapping ColumnNo="1" FieldID="5"/>'
TO_TEXT = '<DataExchFieldMapping ColumnNo="2" FieldID="23"/>'
TO_AMOUNT = '<DataExchFieldMapping ColumnNo="3" FieldID="7"/>'
TOP = 'Type="0" ReadingWritingXMLport="1220" HeaderLines="1" ColumnSeparator="2" FileEncoding="1" FileType="1"'


def definition(
    top: str = TOP,
    columns: str = DAY + WORDS + SUM,
    fields: str = TO_DAY + TO_TEXT + TO_AMOUNT,
    *,
    line: str = 'LineType="0" Code="DET" Name="Lines" ColumnCount="3"',
    table: str = "274",
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?><root><DataExchDef Code="DEMO" Name="Demo Bank" {top}>'
        f'<DataExchLineDef {line}>{columns}<DataExchMapping TableId="{table}" Name="Demo">{fields}</DataExchMapping>'
        "</DataExchLineDef></DataExchDef></root>"
    ).encode()


def converted(content: bytes) -> str:
    return convert_exchange_definition(content, "demo.xml")


def marked(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines() if "CONFIRM" in line]


def lines(tmp_path: Path, content: bytes, file: str | bytes) -> list[tuple[str, str, str]]:
    statement = read(tmp_path, file, parse_mapping(converted(content), "demo", source="demo.toml"))
    assert statement.unread == ()
    return [(line.booked_on.isoformat(), line.text, line.amount.text()) for line in statement.lines]


def test_a_definition_is_told_from_other_xml_in_any_encoding() -> None:
    assert is_exchange_definition(definition())
    assert is_exchange_definition(definition().decode().encode("utf-16"))
    assert not is_exchange_definition(b"<Document><BkToCstmrStmt/></Document>")


def test_what_a_definition_does_not_say_is_marked() -> None:
    assert marked(converted(definition())) == ["overlap", "currency"]


SIGN = '<DataExchColumnDef ColumnNo="4" Name="Side" DataType="0" NegativeSignIdentifier="DR"/>'
OUT = '<DataExchColumnDef ColumnNo="4" Name="Out" DataType="2" DataFormattingCulture="da-DK"/>'
FOUR = 'LineType="0" ColumnCount="4"'
ROWS = {"signed": "Day;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n"}
PAID = [("2026-03-02", "a", "-1190.50"), ("2026-03-03", "b", "5.00")]


@pytest.mark.parametrize(
    ("content", "file"),
    [
        pytest.param(definition(), "Day;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n", id="signed"),
        pytest.param(
            definition(fields=TO_DAY + TO_TEXT + TO_AMOUNT.replace("/>", ' Multiplier="-1"/>')),
            "Day;Words;Sum\n02-03-2026;a;1.190,50\n03-03-2026;b;-5,00\n",
            id="multiplier -1",
        ),
        pytest.param(
            definition(
                columns=DAY + WORDS + SUM + SIGN,
                fields=TO_DAY + TO_TEXT + TO_AMOUNT + '<DataExchFieldMapping ColumnNo="4" FieldID="7"/>',
                line=FOUR,
            ),
            "Day;Words;Sum;Side\n02-03-2026;a;1.190,50;dr\n03-03-2026;b;5,00;\n",
            id="negative-sign identifier",
        ),
        pytest.param(
            definition(
                columns=DAY + WORDS + SUM + OUT,
                fields=TO_DAY
                + TO_TEXT
                + TO_AMOUNT
                + '<DataExchFieldMapping ColumnNo="4" FieldID="7" Multiplier="-1"/>',
                line=FOUR,
            ),
            "Day;Words;In;Out\n02-03-2026;a;;1.190,50\n03-03-2026;b;5,00;\n",
            id="two columns, one of them multiplied by -1",
        ),
        pytest.param(
            definition(TOP.replace('HeaderLines="1"', 'HeaderTag="Day" FooterTag="Total"')),
            "Day;Words;Sum\n02-03-2026;a;-1.190,50\nDay;Words;Sum\n03-03-2026;b;5,00\nTotal;2\n",
            id="tags of header and footer",
        ),
        pytest.param(
            definition(TOP.replace('HeaderLines="1"', 'HeaderTag="Day;Words;Sum"')),
            "anything\nDay;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n",
            id="a tag that is the whole header",
        ),
        pytest.param(
            definition('FileType="2" ReadingWritingXMLport="1220" HeaderLines="1" FileEncoding="1"'),
            'Day,Words,Sum\n02-03-2026,a,"-1.190,50"\n03-03-2026,b,"5,00"\n',
            id="what the wizard calls fixed text is CSV, and no separator is a comma",
        ),
        pytest.param(
            definition(TOP.replace('ColumnSeparator="2"', 'ColumnSeparator="5" CustomColumnSeparator="|"')),
            "Day|Words|Sum\n02-03-2026|a|-1.190,50\n03-03-2026|b|5,00\n",
            id="a separator of one's own",
        ),
        pytest.param(
            definition(TOP.replace('ColumnSeparator="2"', 'ColumnSeparator="1"')),
            "Day\tWords\tSum\n02-03-2026\ta\t-1.190,50\n03-03-2026\tb\t5,00\n",
            id="tabs",
        ),
        pytest.param(
            definition(TOP.replace('FileEncoding="1"', 'FileEncoding="2"')),
            "Day;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n".encode("utf-16"),
            id="UTF-16",
        ),
        pytest.param(
            definition(TOP.replace('FileEncoding="1"', 'FileEncoding="2"')),
            "Day;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n".encode("utf-16-le"),
            id="UTF-16 without a mark",
        ),
        pytest.param(
            definition(
                fields=TO_DAY + TO_TEXT + '<DataExchFieldMapping ColumnNo="3" FieldID="13"/>', table="81"
            ).replace(b'ColumnNo="2" FieldID="23"', b'ColumnNo="2" FieldID="8"'),
            "Day;Words;Sum\n02-03-2026;a;-1.190,50\n03-03-2026;b;5,00\n",
            id="into the general journal",
        ),
        pytest.param(
            definition(
                columns=DAY.replace("dd-MM-yyyy", "yyyy-MM-dd'T'HH:mm:ss") + WORDS + SUM.replace("da-DK", "en-US"),
            ),
            "Day;Words;Sum\n2026-03-02T10:00:00;a;-1,190.50\n2026-03-03T11:30:00;b;5.00\n",
            id="a culture with a point, dates with times",
        ),
    ],
)
def test_a_converted_definition_reads_as_business_central_does(
    tmp_path: Path, content: bytes, file: str | bytes
) -> None:
    assert lines(tmp_path, content, file) == PAID


def test_texts_of_several_columns_are_put_together_as_business_central_does(tmp_path: Path) -> None:
    more = '<DataExchFieldMapping ColumnNo="4" FieldID="16"/>'
    content = definition(
        columns=DAY + WORDS + SUM + '<DataExchColumnDef ColumnNo="4" Name="More" DataType="0"/>',
        fields=TO_DAY + TO_TEXT + TO_AMOUNT + more,
        line=FOUR,
    )

    assert lines(tmp_path, content, "h;h;h;h\n02-03-2026;a;5,00;b\n") == [("2026-03-02", "a b", "5.00")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (definition('FileType="0"'), "reads XML, a mapping reads text with a delimiter"),
        (definition('FileType="3"'), "reads JSON"),
        (definition('FileType="2" ReadingWritingCodeunit="1241"'), "reads fixed-width text"),
        (definition(TOP.replace('Type="0"', 'Type="1"', 1)), "is not for bank statements"),
        (definition(TOP.replace('ColumnSeparator="2"', 'ColumnSeparator="5" CustomColumnSeparator="||"')), 'by "||"'),
        (definition(fields=TO_DAY + TO_AMOUNT.replace("/>", ' Multiplier="0.01"/>')), "multiplies amounts by 0.01"),
        (definition(fields=TO_DAY + 3 * TO_AMOUNT), "puts more than two columns into the amount"),
        (definition(TOP.replace('HeaderLines="1"', 'HeaderLines="one"')), "where a known number belongs"),
        (definition(TOP.replace('ColumnSeparator="2"', 'ColumnSeparator="9"')), "where a known number belongs"),
        (b"<root><DataExchDef Code='x'/></root>", "not a data exchange definition with columns"),
        (b"<root><DataExchDef", "the XML is damaged"),
    ],
)
def test_a_definition_that_no_mapping_can_replace_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableFile, match=r"^demo\.xml: ") as refused:
        converted(content)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (definition(TOP.replace(' FileEncoding="1"', "")), ["overlap", "currency", "encodings"]),
        (
            definition(columns=DAY.replace('DataFormat="dd-MM-yyyy" ', "") + WORDS + SUM),
            ["overlap", "currency", "formats"],
        ),
        (
            definition(columns=DAY + WORDS + SUM.replace(' DataFormattingCulture="da-DK"', "")),
            ["overlap", "currency", "decimal"],
        ),
        (definition(line='LineType="0"'), ["overlap", "currency", "width"]),
        (definition(fields=TO_TEXT), ["overlap", "currency", "amount", "booked_on", "formats", "decimal"]),
        (
            definition(fields=TO_DAY + TO_AMOUNT + '<DataExchFieldMapping ColumnNo="2" FieldID="7"/>'),
            ["overlap", "currency", "model"],
        ),
        (
            definition(fields=TO_DAY + TO_AMOUNT.replace("/>", ' TransformationRule="TRIM"/>')),
            ["overlap", "currency", "#"],
        ),
    ],
)
def test_what_is_open_is_marked_and_the_mapping_can_be_loaded_all_the_same(content: bytes, expected: list[str]) -> None:
    text = converted(content)

    assert marked(text) == expected
    assert parse_mapping(text, "demo", source="demo.toml").id == "demo"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("dd.MM.yyyy", "%d.%m.%Y"),
        ("d/M/yy", "%d/%m/%y"),
        ("dd MMM yyyy", "%d %b %Y"),
        ("d MMMM yyyy", "%d %b %Y"),
        ("yyyyMMdd", "%Y%m%d"),
        ("ddmmyyyy", "%d%m%Y"),
        ("yyyy-MM-ddTHH:mm:ss.fffzzz", "%Y-%m-%dT%H:%M:%S.%f%z"),
        ("M/d/yyyy h:mm tt", "%m/%d/%Y %I:%M %p"),
        ("dd'%'MM yyyy", "%d%%%m %Y"),
        (r"dd\dMM\myyyy", "%dd%mm%Y"),
        ("d", ""),
    ],
)
def test_dotnet_dates_are_written_as_strptime_does(written: str, form: str) -> None:
    assert date_format(written) == form


@pytest.mark.parametrize(
    ("culture", "expected"),
    [
        ("en-US", (".", [","])),
        ("de-DE", (",", [".", " "])),
        ("de-CH", (".", ["'", "’"])),
        ("fr-FR", (",", [" ", "."])),
        ("es-MX", (".", [","])),
        ("en-ZA", (",", [" ", "."])),
        ("", (".", [","])),
    ],
)
def test_a_culture_says_which_marks_stand_in_numbers(culture: str, expected: tuple[str, list[str]]) -> None:
    assert marks(culture) == expected
