"""The one company and the one journal that the configuration means, or an error that names the others."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from importer.bc.reading import Forbidden, Question, Reading
from importer.bc.records import Company, text
from importer.bc.wire import one_of
from importer.errors import ConfigurationError
from importer.model import Journal


def the_company(companies: Sequence[Company], wanted: str) -> Company:
    """The company of that id or name; the display name counts where no name fits.

    Raises:
        ConfigurationError: there is none, or there are several; names them.
    """
    by_name = [company for company in companies if company.name == wanted]
    by_display = [company for company in companies if company.display_name == wanted]
    found = [company for company in companies if company.id == wanted.lower()] or by_name or by_display
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(f"{company.name} ({company.id})" for company in found)
        raise ConfigurationError(
            f'There are several companies "{wanted}": {ids}. Configure the id instead of the name.'
        )
    names = ", ".join(company.name for company in companies) or "none"
    near = _nearest(wanted, [company.name for company in companies])
    raise ConfigurationError(
        f'There is no company "{wanted}" in this service; these credentials see: {names}.{near} Change `company`.'
    )


def the_journal(journals: Sequence[Journal], wanted: str) -> Journal:
    """The journal of that code.

    Raises:
        ConfigurationError: there is none; names those there are.
    """
    # A journal's code is a Code field: upper case, no blanks around it.
    found = [journal for journal in journals if journal.code.strip().upper() == wanted.strip().upper()]
    if len(found) == 1:
        return found[0]
    codes = ", ".join(journal.code for journal in journals) or "none"
    near = _nearest(wanted, [journal.code for journal in journals])
    raise ConfigurationError(
        f'There is no customer payment journal "{wanted}"; there are: {codes}.{near} Change `journal`, or create it in '
        "Business Central (Cash Receipt Journals, no recurring template) or with `importer company check --create-journal`."
    )


def templates_of(reading: Reading, path: str, code: str) -> tuple[str, ...]:
    """The templates of the general journal batches with that code; none where the server does not say."""
    question = Question(path, ("code", "templateDisplayName"), one_of("code", [code]))
    try:
        rows = reading.exactly(question, lambda row: (text(row, "code"), text(row, "templateDisplayName")))
    except (ConfigurationError, Forbidden):
        return ()
    return tuple(template for found, template in rows if template and found == code)


def _nearest(wanted: str, names: Sequence[str]) -> str:
    near = get_close_matches(wanted, names, n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""
