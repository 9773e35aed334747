"""A night as people and programs read it: a table, one JSON document, an HTML page, an Excel workbook, a few sentences.

The faces name files; the sentences, which leave the house by mail and chat, hold numbers only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, TextIO

from importer.errors import Exit
from importer.fleet.values import Became, CompanyNight, FileNight, Night
from importer.money import Money
from importer.notify import Message
from importer.reports.grid import NewBook
from importer.reports.labels import LABELS, Group
from importer.reports.printable import mask_text, printable
from importer.reports.rows import Sums
from importer.reports.sheets import Value

if TYPE_CHECKING:
    from rich.console import Console

MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done",
    Exit.BUG: "a bug of the importer; the log says where",
    Exit.USAGE: "wrong usage",
    Exit.REVIEW: "something waits for a person",
    Exit.FILE_REJECTED: "a file, or a plan, was rejected as a whole",
    Exit.UNKNOWN_OUTCOME: "an outcome is still unknown; the next run settles it",
    Exit.INTEGRITY: "integrity alarm: look before anything else is run or posted",
    Exit.UNAVAILABLE: "Business Central was not available; the next run does it",
    Exit.LEDGER: "the ledger or a disk failed",
    Exit.TEMPORARY: "not finished; the next run goes on",
    Exit.DENIED: "Business Central refused the credentials or a permission",
    Exit.CONFIGURATION: "the configuration is wrong",
}
_MARKS: Mapping[Became, str] = {
    Became.DONE: "+",
    Became.FAILED: "!",
    Became.KEPT: ">",
    Became.STUCK: "!",
    Became.REFUSED: "!",
    Became.IGNORED: "-",
    Became.PLANNED: "?",
    Became.WOULD_FAIL: "!",
    Became.QUEUED: ">",
}
_REJECTED = (Became.FAILED, Became.WOULD_FAIL, Became.REFUSED)
_UNFINISHED = (Became.KEPT, Became.STUCK)
_WITHOUT_TERMINAL = 140
_COMPANY = (
    ("Company", 24),
    ("Files done", 11),
    ("Failed", 9),
    ("Kept", 9),
    ("Certain", 10),
    ("Waiting", 10),
    ("Nothing to do", 10),
    ("Exit code", 10),
    ("Meaning", 60),
)
_MONEY = (("Company", 24), ("State", 28), ("Lines", 9), ("Received", 16), ("Paid out", 16), ("Currency", 10))
_FILE = (("Company", 24), ("File", 40), ("Result", 12), ("Place", 50), ("Mapping", 26), ("Lines", 9), ("Reason", 90))
_REMARK = (("Company", 24), ("Remark", 120))


def print_night(night: Night, stream: TextIO) -> None:
    """Show a night on a stream: one row for each company, and below what a person has to know."""
    from rich.console import Console
    from rich.table import Table

    width = None if stream.isatty() else _WITHOUT_TERMINAL
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    console.print(f"Night {night.id}  {night.promise}", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for caption, _ in _COMPANY:
        table.add_column(caption, justify="left" if caption in {"Company", "Meaning"} else "right")
    for company in night.companies:
        table.add_row(*(printable(str(value)) for value in _company_row(company)), style=_style(company.code))
    console.print(table)
    for company in night.companies:
        _print_details(console, company)
    console.print(f"Exit code {int(night.exit_code)}: {MEANINGS[night.exit_code]}.", style=_style(night.exit_code))


def as_file(night: Night, face: str) -> bytes:
    """The night as the content of a file, in one of the faces "table", "json", "html", "xlsx"."""
    match face:
        case "html":
            return night_page(night).encode()
        case "xlsx":
            return night_workbook(night)
        case "json":
            return f"{night_json(night)}\n".encode()
    text = StringIO()
    print_night(night, text)
    return text.getvalue().encode(errors="backslashreplace")


def night_json(night: Night) -> str:
    """The night as one JSON document; amounts are texts with their currency beside them."""
    document = {
        "night": night.id,
        "started": night.started.isoformat(),
        "ended": night.ended.isoformat(),
        "exit_code": int(night.exit_code),
        "companies": [_company_document(company) for company in night.companies],
    }
    return json.dumps(document, ensure_ascii=True, indent=1)


def night_workbook(night: Night) -> bytes:
    """The night as an .xlsx file: companies, money, files, remarks."""
    remarks = ((one.company, text) for one in night.companies for text in (*one.gaps, *one.remarks))
    book = NewBook(night.ended)
    book.sheet("Companies").put_table(_COMPANY, map(_company_row, night.companies))
    book.sheet("Money").put_table(_MONEY, (row for one in night.companies for row in _money_rows(one)))
    book.sheet("Files").put_table(_FILE, (_file_row(one, file) for one in night.companies for file in one.files))
    book.sheet("Remarks").put_table(_REMARK, remarks)
    return book.content()


def night_page(night: Night) -> str:
    """The night as one HTML document that needs nothing else."""
    from importer.fleet.page import render

    companies = [
        {
            "row": _company_row(company),
            "style": _style(company.code),
            "money": [row[1:] for row in _money_rows(company)],
            "files": [_file_row(company, file)[1:] for file in company.files],
            "remarks": [*company.gaps, *company.remarks],
            "reports": company.reports,
        }
        for company in night.companies
    ]
    captions = {"company": _captions(_COMPANY), "money": _captions(_MONEY)[1:], "file": _captions(_FILE)[1:]}
    return render(night=night, meaning=MEANINGS[night.exit_code], companies=companies, captions=captions)


def night_message(night: Night) -> Message:
    """The night in sentences for mail and chat: companies and numbers, nothing of a payer, a file or an account."""
    troubled = [company for company in night.companies if company.code is not Exit.DONE or company.gaps]
    calm = len(night.companies) - len(troubled)
    lines = [f"{company.company}: {_numbers(company)}" for company in troubled]
    if calm:
        created = sum(one.lines(Group.CERTAIN) for one in night.companies if one not in troubled)
        lines.append(f"{'Others' if lines else 'Companies'}: {calm}, all done · lines written: {created}")
    subject = f"Bank import: {MEANINGS[night.exit_code]}"
    return Message(subject, (*lines, f"Night {night.id}, exit code {int(night.exit_code)}."))


def trouble_message(code: Exit) -> Message:
    """A night that could not be done at all, in a sentence for mail and chat."""
    return Message(
        f"Bank import: {MEANINGS[code]}", (f"The night could not be done, exit code {int(code)}. Its output says why.",)
    )


def _numbers(company: CompanyNight) -> str:
    counts = {
        "lines written": company.lines(Group.CERTAIN),
        "lines waiting": company.lines(Group.WAITING),
        "files failed": company.count(*_REJECTED),
        "files not finished": company.count(*_UNFINISHED),
        "gaps between statements": len(company.gaps),
    }
    parts = [f"{what}: {count}" for what, count in counts.items() if count]
    return " · ".join([f"{MEANINGS[company.code]} ({int(company.code)})", *parts])


def _company_row(company: CompanyNight) -> Sequence[str | int]:
    files = (company.count(Became.DONE), company.count(*_REJECTED), company.count(*_UNFINISHED))
    lines = tuple(company.lines(group) for group in (Group.CERTAIN, Group.WAITING, Group.SKIPPED))
    return (company.company, *files, *lines, int(company.code), MEANINGS[company.code])


def _money_rows(company: CompanyNight) -> Iterator[tuple[Value | Money, ...]]:
    for total in company.totals:
        sums = total.sums
        yield (
            company.company,
            LABELS[total.state].caption,
            sums.lines,
            sums.received,
            sums.paid_out,
            sums.received.currency,
        )


def _file_row(company: CompanyNight, file: FileNight) -> tuple[str | int, ...]:
    return company.company, file.name, file.became.value, file.place, file.mapping, file.lines, file.reason


def _company_document(company: CompanyNight) -> Mapping[str, object]:
    return {
        "company": company.company,
        "exit_code": int(company.code),
        "runs": company.runs,
        "seconds": company.seconds,
        "files": [
            {
                "name": file.name,
                "result": file.became.value,
                "place": file.place,
                "sha256": file.sha256,
                "mapping": file.mapping,
                "lines": file.lines,
                "reason": file.reason,
            }
            for file in company.files
        ],
        "totals": [{"state": total.state.value, **_sums_document(total.sums)} for total in company.totals],
        "gaps": company.gaps,
        "remarks": company.remarks,
        "reports": company.reports,
    }


def _sums_document(sums: Sums) -> Mapping[str, object]:
    money = {"received": sums.received.text(), "paid_out": sums.paid_out.text()}
    return {"lines": sums.lines, **money, "currency": sums.received.currency}


def _print_details(console: Console, company: CompanyNight) -> None:
    told = [file for file in company.files if file.became is not Became.DONE]
    for file in told:
        text = f"{_MARKS[file.became]} {company.company}: {file.name} {file.became.value}"
        _print(console, f"{text}: {file.reason}" if file.reason else text)
    for remark in company.remarks:
        _print(console, f"! {company.company}: {remark}")
    for gap in company.gaps:
        _print(console, f"! {company.company}: {gap}")


def _print(console: Console, text: str) -> None:
    console.print(printable(mask_text(text)), soft_wrap=True)


def _style(code: Exit) -> str:
    if code is Exit.DONE:
        return "green"
    return "yellow" if code in {Exit.REVIEW, Exit.FILE_REJECTED, Exit.TEMPORARY} else "bold red"


def _captions(columns: Sequence[tuple[str, int]]) -> list[str]:
    return [caption for caption, _ in columns]
