"""`importer company check`: walks a newcomer through the set-up, one question after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from importer.advice import BOOKS, COMPANY, JOURNAL, SEE_CHECK, SERVER, advice
from importer.bc.client import Client
from importer.bc.flavours import JOURNALS
from importer.config import Company
from importer.errors import AccessDenied, ConfigurationError, Exit, ImporterError, ServerUnavailable
from importer.identity import FIRST_SLOT
from importer.ledger import open_ledger
from importer.model import Blocked, Snapshot
from importer.money import Money
from importer.office import utc_now
from importer.plan import Payment

_CLOCK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, what came, and what to do about it; `code` is DONE when nothing is to be done."""

    asked: str
    came: str
    advice: str = ""
    code: Exit = Exit.DONE


def check_ledger(state: str) -> Answer:
    """Whether the ledger opens and keeps what it is told; it is created when it does not exist."""
    asked = "Ledger"
    try:
        with open_ledger(state, utc_now) as ledger:
            durable = ledger.survives_power_cuts()
    except ImporterError as error:
        return Answer(asked, str(error), "Then check again.", error.exit_code)
    # Of a URL without user and password.
    place = state.rpartition("@")[2].partition("?")[0] if "://" in state else state
    if durable:
        return Answer(asked, f"{place} can be written, and keeps what was committed when the power goes")
    return Answer(
        asked,
        f"{place} may lose at a power cut what was committed: the server runs with fsync = off",
        "Set fsync = on in postgresql.conf; else a payment that is on its way at a power cut may be created twice.",
        Exit.REVIEW,
    )


def check_company(company: Company, client: Client) -> Iterator[Answer]:
    """Ask Business Central everything an import needs; stops at the first question without which the next make no sense."""
    asked = SERVER
    try:
        yield Answer(SERVER, f"{len(client.companies())} companies at {company.base_url}")
        asked = COMPANY
        yield Answer(COMPANY, f"{client.company.name} ({client.company_id})")
        asked = JOURNAL
        yield Answer(JOURNAL, f"batch {client.journal.code} {client.journal.name}".rstrip() + _spelling(client))
        asked = BOOKS
        books = client.snapshot()
    except ImporterError as error:
        more = _elsewhere(company, client) if asked == JOURNAL else ""
        said = str(error).removesuffix(SEE_CHECK)
        yield Answer(asked, said, f"{more}{advice(asked, error, company)} Then check again.", error.exit_code)
        return
    for question in _QUESTIONS:
        yield question(company, books)
    yield _posted(client)
    yield _clock(client)
    yield from _facts(company, client)
    yield from (Answer("Not offered here", f"{what}: {why}") for what, why in client.flavour.unsupported.items())


def _spelling(client: Client) -> str:
    spelt = client.flavour.journals
    return "" if spelt == JOURNALS else f"; this server spells the set {spelt}"


def _elsewhere(company: Company, client: Client) -> str:
    """Whether the journal exists under a template that takes no customer payments."""
    templates = ", ".join(client.templates_of(company.journal))
    return (
        f"There is a batch {company.journal} in template {templates}, but it takes no payments. " if templates else ""
    )


def create_journal(company: Company, client: Client) -> Answer:
    """Create the configured journal when there is none; a person sets its balancing account afterwards.

    Raises:
        AccessDenied, ConfigurationError, OutcomeUnknown, ServerUnavailable: it was not created, or nobody knows.
    """
    if any(journal.code == company.journal for journal in client.journals()):
        return Answer("Create journal", f"batch {company.journal} is there already")
    journal = client.create_journal("Bank-statement importer")
    return Answer(
        "Create journal",
        f"batch {journal.code} was created",
        "Set its Bal. Account No. and, if you number payments, its No. Series in Business Central.",
        Exit.REVIEW,
    )


def _clock(client: Client) -> Answer:
    ahead = client.clock_ahead
    if ahead is None:
        return Answer("Clock", "the server does not say its time")
    if abs(ahead) <= _CLOCK:
        return Answer("Clock", "this machine and the server agree")
    hours, minutes = divmod(round(abs(ahead).total_seconds() / 60), 60)
    where = "ahead of" if ahead > timedelta(0) else "behind"
    return Answer(
        "Clock",
        f"this machine is {hours} h {minutes} min {where} the server",
        "Set this machine's clock; tokens and the time after which a line may be sent again depend on it.",
        Exit.REVIEW,
    )


def _posted(client: Client) -> Answer:
    try:
        known = client.posted(["PERMISSION CHECK"])
    except ImporterError as error:
        return Answer("Posted entries", str(error), "Run the check again.", error.exit_code)
    if known is not None:
        return Answer(
            "Posted entries",
            "can be looked up by External Document No., so nothing is created twice even if the ledger is lost",
        )
    return Answer(
        "Posted entries",
        "cannot be looked up here: what left the journal is known from the ledger only",
        "Keep the ledger in your backup. On versions that have it, allow reading Customer Ledger Entries (reportsFinance).",
    )


def _facts(company: Company, client: Client) -> Iterator[Answer]:
    batch = f"{client.flavour.batch} lines in a request" if client.flavour.batch else "one line in a request"
    yield Answer(
        "Limits", f"{batch}, 6,000 requests in 5 minutes, {company.max_lines} lines and {company.max_total} in a plan"
    )
    yield Answer("Marker", f"the key of each bank line goes into {company.marker.field}; leave that field as it is")
    yield Answer(
        "Number series",
        "the API does not show it: with one, Business Central numbers the lines; without, the importer does",
    )
    yield Answer(
        "Posting",
        "this program cannot post: every posting action is refused before it is sent; it needs no permission to post",
    )


def check_permission(_: Company, client: Client) -> Answer:
    """Whether lines may be written: one is sent in a transaction that must fail, so that the server takes it back.

    Only on request: a server that does not know such transactions keeps the line.

    Raises:
        ServerContradiction: it did; the message names the line.
    """
    asked, books = "Permission to write", client.snapshot()
    payer = next((c for c in books.customers if c.blocked is Blocked.NO and c.currency in ("", books.currency)), None)
    if payer is None:
        return Answer(asked, "not asked: no customer may pay")
    trial = Payment(
        customer=payer.number,
        customer_id=payer.id,
        posting_date=max((d.posting_date for d in books.documents), default=date(2026, 1, 1)),
        amount=Money.of("-0.01", books.currency),
        external_document_number="PERMISSION CHECK",
        line_number=FIRST_SLOT - 1,
    )
    try:
        refused = client.rehearse([trial])[0]
    except (ConfigurationError, ServerUnavailable) as error:
        return Answer(asked, f"not asked: {error}")
    except AccessDenied as error:
        todo = "Give the application a permission set that may insert and change lines, such as D365 JOURNALS, EDIT."
        return Answer(asked, str(error), todo, error.exit_code)
    if refused is None:
        return Answer(asked, "a line was checked by Business Central and taken back")
    return Answer(asked, f"Business Central refuses a line: {refused.message}", "Mend what it names.", Exit.REVIEW)


def _balancing_account(_: Company, books: Snapshot) -> Answer:
    journal = books.journal
    if journal.balancing_account:
        return Answer("Balancing account", f"{journal.balancing_account} in batch {journal.code}")
    return Answer(
        "Balancing account",
        f"batch {journal.code} has none",
        "Set Bal. Account No. of the journal batch to the bank account; without it the lines cannot be posted.",
        Exit.REVIEW,
    )


def _currency(company: Company, books: Snapshot) -> Answer:
    used = sorted({document.remaining.currency for document in books.documents})
    if not used or company.currency in used:
        return Answer("Currency", f"{company.currency}; open documents are in {', '.join(used) or 'none'}")
    return Answer(
        "Currency",
        f"importer.toml says {company.currency}, all documents are in {', '.join(used)}",
        "Set `currency` to the local currency (LCY Code in General Ledger Setup). A line has no currency of its own.",
        Exit.CONFIGURATION,
    )


def _customers(_: Company, books: Snapshot) -> Answer:
    is_open = sum(document.is_open for document in books.documents)
    blocked = sum(customer.blocked is Blocked.ALL for customer in books.customers)
    return Answer(
        BOOKS,
        f"{len(books.customers)} customers, of which {blocked} blocked (All); {is_open} documents open, "
        f"{len(books.documents) - is_open} closed ones known",
    )


def _journal_lines(_: Company, books: Snapshot) -> Answer:
    lines = len(books.journal_lines)
    return Answer("Journal lines", f"{lines} visible; lines entered with Apply Entries are not visible to the API")


def _accounts(company: Company, _: Snapshot) -> Answer:
    if company.accounts:
        return Answer("Own bank accounts", ", ".join(company.accounts))
    return Answer(
        "Own bank accounts",
        "none in importer.toml: a statement of any account is accepted",
        "Add accounts = [...] so that another account's statement is refused.",
        Exit.REVIEW,
    )


_QUESTIONS: tuple[Callable[[Company, Snapshot], Answer], ...] = (
    _customers,
    _balancing_account,
    _currency,
    _journal_lines,
    _accounts,
)
