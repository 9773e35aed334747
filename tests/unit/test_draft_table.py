"""A draft finds the table: header, preamble, footer, rows that are no bookings; and the dialect it is written in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.reader.draft import draft_mapping
from importer.reader.draft.letters import likely_encoding
from tests.unit.drafts import Draft, draft

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


@pytest.mark.parametrize("header", ["Date;Text;Amount;StateType\n", ""], ids=["compound name", "no header"])
def test_a_status_by_another_name_or_none_that_says_not_booked_leaves_rows_out(tmp_path: Path, header: str) -> None:
    made = draft(tmp_path, f"{header}13.03.2026;a;-1,50;BOOKED\n14.03.2026;b;2,00;PENDING\n")

    assert [line.amount.text() for line in made.statement.lines] == ["-1.50"]


def test_a_status_that_says_not_booked_leaves_rows_out_and_names_the_words_of_bookings(tmp_path: Path) -> None:
    rows = "13.03.2026;a;-1,50;gebucht\n14.03.2026;b;2,00;gebucht\n15.03.2026;c;9,00;vorgemerkt\n"
    made = draft(tmp_path, HEAD.strip() + ";Status\n" + rows)

    rule = {"column": "Status", "equals": ["vorgemerkt"], "bookings": ["gebucht"], "because": "not booked yet"}
    assert made.values["leave_out"] == [rule]
    assert "bookings" in made.marked
    assert made.lines == READ


def with_status(tmp_path: Path, header: str, *words: str) -> Draft:
    rows = "".join(f"{day}.03.2026;a;1,50;{word}\n" for day, word in enumerate(words, 13))
    return draft(tmp_path, f"{HEAD.strip()};{header}\n{rows}")


@pytest.mark.parametrize(
    ("header", "words", "bookings"),
    [
        ("Status", ["Posted", "Posted"], ["Posted"]),
        ("Stav", ["Zaúčtováno"], ["Zaúčtováno"]),
        ("Status", ["ok", "ok", "neu", "ok"], ["ok", "neu"]),
        ("Reden van weigering", ["", "", "saldo", ""], ["saldo", ""]),
        ('"Status\nder Zahlung"', ["a", "a", "b", "a"], ["a", "b"]),
    ],
)
def test_the_words_of_a_status_are_those_of_bookings_once_somebody_confirms_them(
    tmp_path: Path, header: str, words: list[str], bookings: list[str]
) -> None:
    made = with_status(tmp_path, header, *words)

    assert [rule["bookings"] for rule in made.values["leave_out"]] == [bookings]
    assert "bookings" in made.marked
    assert len(made.lines) == len(words)


def test_a_word_that_a_status_brings_later_is_an_error_and_no_booking(tmp_path: Path) -> None:
    made = with_status(tmp_path, "Status", "Posted", "Posted")
    made.path.write_text(made.path.read_text() + "15.03.2026;c;9,00;On its way\n")

    assert made.lines == [("2026-03-13", "1.50"), ("2026-03-14", "1.50")]
    assert [row.row for row in made.statement.unread] == [4]


@pytest.mark.parametrize(
    ("header", "words", "shown"),
    [("Status", ("ok", "neu"), '"ok", "neu"'), ("Reden van weigering", ("", "saldo"), '"saldo"')],
)
def test_a_status_whose_words_hardly_come_again_is_told(
    tmp_path: Path, header: str, words: tuple[str, str], shown: str
) -> None:
    made = with_status(tmp_path, header, *words)

    assert f'\n# CONFIRM: column "{header}" tells {shown} of some rows. Are all of these rows bookings?' in made.text
    assert "leave_out" not in made.values


def test_rows_without_date_and_amount_carry_more_text(tmp_path: Path) -> None:
    head = "Datum;Text;Betrag Detail;Betrag\n"
    made = draft(tmp_path, head + "13.03.2026;a;;-1,50\n;more;0,75;\n;and more;0,75;\n14.03.2026;b;;2,00\n")

    assert made.says("continuation", "columns.detail") == ["undated", "Betrag Detail"]
    assert "continuation" in made.marked
    assert [line.text for line in made.statement.lines] == ["a more 0,75 and more 0,75", "b"]


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
    ],
)
def test_the_letters_of_a_text_show_its_encoding_and_it_stays_to_be_confirmed(text: str, encoding: str) -> None:
    found, why = likely_encoding(text.encode(encoding) + b"\n")

    assert found == encoding
    assert re.match('not UTF-8; do these letters read right: ".+"', why)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("-416,01;14\u00a0814,44\n-5\u00a0064,48;9\u00a0749,96", "windows-1252"),
        ("-416,01 kr;14\u00a0814,44 kr", "windows-1252"),
        ("-4\u00a0160 Ft;4\u00a0995\u00a0840 Ft", "windows-1252"),
        ("Összeg; őszi ülés; 4\u00a0995\u00a0840", "windows-1250"),
        ("Сумма; 4\u00a0995,84; Описание", "windows-1251"),
    ],
)
def test_a_blank_that_does_not_break_between_digits_is_no_letter(text: str, encoding: str) -> None:
    found, why = likely_encoding(text.encode(encoding) + b"\n")

    assert found == encoding
    assert re.match('not UTF-8; do these letters read right: ".+"', why)


def test_amounts_with_blanks_that_do_not_break_are_found(tmp_path: Path) -> None:
    made = draft(tmp_path, (HEAD + "13.03.2026;a;-1\u00a0234,50\n" + TWO).encode("windows-1252"))

    assert made.lines == [("2026-03-13", "-1234.50"), ("2026-03-14", "2.00")]


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
