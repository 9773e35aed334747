"""A draft finds the dialect that a text is written in: its encoding, delimiter and quotes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importer.reader.draft.letters import likely_encoding
from tests.unit.drafts import draft

HEAD = "Datum;Text;Betrag\n"
ONE, TWO = "13.03.2026;a;-1,50\n", "14.03.2026;b;2,00\n"
READ = [("2026-03-13", "-1.50"), ("2026-03-14", "2.00")]


@pytest.mark.parametrize(
    ("content", "said", "marked"),
    [
        (HEAD + ONE + TWO, {"delimiter": ";", "encodings": ["utf-8"]}, []),
        ((HEAD + ONE + TWO).replace(";", "\t"), {"delimiter": "\t"}, []),
        ((HEAD + ONE + TWO).replace(";", "|"), {"delimiter": "|"}, []),
        ((HEAD + ONE + TWO).replace(",", ".").replace(";", ","), {"delimiter": ","}, []),
        (HEAD + '13.03.2026;"a;""b""";-1,50\n' + TWO, {"delimiter": ";"}, []),
        (HEAD + '13.03.2026; "a;b";-1,50\n' + TWO, {"blank_before_quote": True}, []),
        (HEAD + "13.03.2026;'a;b';-1,50\n14.03.2026;'b';2,00\n", {"quote": "'"}, ["quote"]),
        (HEAD + '13.03.2026;"a \\"b\\" c";-1,50\n' + TWO, {"escape": "\\"}, []),
        (HEAD + '13.03.2026;"a" b;-1,50\n' + TWO, {"stray_quotes": True}, ["stray_quotes"]),
        (HEAD + '13.03.2026;"a b;-1,50\n' + TWO, {"quote": ""}, ["quote"]),
        ((HEAD + ONE + TWO).encode("utf-16"), {"encodings": ["utf-16"]}, []),
        ((HEAD + ONE + TWO).encode("utf-16-le"), {"encodings": ["utf-16-le"]}, []),
        (b"\xef\xbb\xbf" + (HEAD + ONE + TWO).encode(), {"encodings": ["utf-8"]}, []),
        (
            (HEAD + ONE.replace("a", "Größe") + TWO).encode("windows-1252"),
            {"encodings": ["windows-1252"]},
            ["encodings"],
        ),
    ],
)
def test_the_dialect_of_a_text_is_found(
    tmp_path: Path, content: str | bytes, said: dict[str, object], marked: list[str]
) -> None:
    made = draft(tmp_path, content)

    assert {key: made.values[f"file.{key}"] for key in said} == said
    assert [key for key in made.marked if key not in ("currency", "model", "text")] == marked
    assert made.lines == READ


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f"])
@pytest.mark.parametrize("mark", ["", " ₸", " Kč"])
def test_quoted_amounts_between_commas_are_found_whatever_blank_is_in_them(
    tmp_path: Path, blank: str, mark: str
) -> None:
    rows = "".join(f'1{day}.03.2026,"-2{blank}961,39{mark}",a\n' for day in range(3, 8))
    made = draft(tmp_path, f"Datum,Betrag,Text\n{rows}")

    assert made.says("file.quote", "columns.amount", "columns.text") == [None, "Betrag", "Text"]
    assert made.lines[0] == ("2026-03-13", "-2961.39")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ('"13.03.2026";"a" b;"-1,50"\n"14.03.2026";"b;"2,00"\n', "the file cannot be read as a whole"),
        (
            '"13.03.2026";"?1;50"\n"14.03.2026";"?2;00"\n',
            "there are fewer bookings, uneven rows or quotes left around cells",
        ),
    ],
)
def test_why_the_usual_quotes_are_not_taken_is_told(tmp_path: Path, rows: str, why: str) -> None:
    made = draft(tmp_path, rows)

    assert ("quote", f"CONFIRM: with the usual quotes {why}") in made.remarks


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe; Straße; Übertrag", "windows-1252"),
        ("Libellé; Débit; Crédit", "windows-1252"),
        ("Paid out; £1,234.56; -£39.95", "windows-1252"),
        ("Paid in (£); 12.50; 3.00", "windows-1252"),
        ("Amount; 12,50 €; 3,00 €", "windows-1252"),
        ("ul. Ł. Kowalska 1; 12,50", "windows-1250"),
        ("Zaúčtovaná částka; příjemce; Číslo účtu", "windows-1250"),
        ("Kwota; Należność; Źródło środków", "windows-1250"),
        ("Kedvezményezett; Összeg; őszi ülés", "windows-1250"),
        ("Дата операции; Сумма; Описание", "windows-1251"),
        ("Призначення платежу; Сума; Їжак", "windows-1251"),
        ("Ημερομηνία; Ποσό; Περιγραφή", "windows-1253"),
        ("Açıklama; İşlem tutarı; Bakiye; ığdır şğı", "windows-1254"),
        ("תאריך; סכום; תיאור", "windows-1255"),
        ("Mokėtojas; Gavėjas; Suma; ąčęėįšųū", "windows-1257"),
        ("Saņēmējs; Maksātājs; Summa; ķļņģ", "windows-1257"),
        ("取引日,入出金,取引後残高,入出金内容,ローソン", "cp932"),
        ("交易时间,商户名称,交易说明,金额,收/付款方式", "gb18030"),
        ("거래일시,적요,의뢰인,출금,입금,거래후잔액", "cp949"),
        ("วันที่,รายการ,จำนวนเงิน", "cp874"),
        # A blank that does not break, between digits, is no letter.
        ("-416,01;14\u00a0814,44\n-5\u00a0064,48;9\u00a0749,96", "windows-1252"),
        ("-416,01 kr;14\u00a0814,44 kr", "windows-1252"),
        ("-4\u00a0160 Ft;4\u00a0995\u00a0840 Ft", "windows-1252"),
        ("Összeg; őszi ülés; 4\u00a0995\u00a0840", "windows-1250"),
        ("Сумма; 4\u00a0995,84; Описание", "windows-1251"),
    ],
)
def test_the_letters_of_a_text_show_its_encoding_and_it_stays_to_be_confirmed(text: str, encoding: str) -> None:
    found, why = likely_encoding(text.encode(encoding) + b"\n")

    assert found == encoding
    assert re.match('not UTF-8; do these letters read right: ".+"', why)


def test_amounts_with_blanks_that_do_not_break_are_found(tmp_path: Path) -> None:
    made = draft(tmp_path, (HEAD + "13.03.2026;a;-1\u00a0234,50\n" + TWO).encode("windows-1252"))

    assert made.lines == [("2026-03-13", "-1234.50"), ("2026-03-14", "2.00")]
