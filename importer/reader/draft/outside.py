"""What stands above and below the table: our account, and the opening and closing balance where they prove the amounts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from stdnum import iban

from importer.reader.draft.columns import Profile
from importer.reader.draft.figures import figure_of, number_of
from importer.reader.draft.finding import Draft
from importer.reader.draft.grid import is_day
from importer.reader.draft.options import Option
from importer.reader.draft.words import role, says
from importer.reader.rows import Cell, is_filled, text_of

_IBAN = re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_LONGEST_LABEL = 40


def decide_outside(draft: Draft, profile: Profile, option: Option | None) -> None:
    """Write where the file states its account and its balances."""
    if "columns.account" not in draft.findings:
        _write_account(draft, profile)
    if option is not None and all(amount is not None for amount in option.amounts):
        _write_balances(draft, profile, sum(filter(None, option.amounts), Decimal(0)))


def _labelled(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[str, Cell]]:
    """Cells of text with the next filled cell beside them."""
    for row in rows:
        filled = [cell for cell in row if is_filled(cell)]
        for label, cell in itertools.pairwise(filled):
            if isinstance(label, str) and len(label) <= _LONGEST_LABEL:
                yield label.strip(), cell


def _write_account(draft: Draft, profile: Profile) -> None:
    for label, cell in _labelled(profile.grid.above):
        text = text_of(cell).strip()
        if _is_iban(text) and not _is_iban(label):
            draft.prove("outside.account", {"label": label}, "an IBAN stands beside it")
            return
    for row in profile.grid.above:
        for text in filter(None, (text_of(cell).strip() for cell in row)):
            found = _IBAN.search(text)
            if found and _is_iban(found[0]) and 0 < found.start() <= _LONGEST_LABEL:
                draft.prove("outside.account", {"label": text[: found.start()].strip(" :\t")}, "an IBAN follows it")
                return
    for label, cell in _labelled(profile.grid.above):
        if (
            role("texts", label) == "account"
            and not is_day(cell)
            and re.fullmatch(r"[\d ./-]{6,}", text_of(cell).strip())
        ):
            draft.guess("outside.account", {"label": label}, "is the number beside it our account?")
            return


def _is_iban(text: str) -> bool:
    return bool(iban.is_valid(text.replace(" ", "")))


def _write_balances(draft: Draft, profile: Profile, total: Decimal) -> None:
    """Two stated balances that differ by all the amounts are the opening and the closing one."""
    after = profile.grid.body.loc[lambda rows: rows.index > profile.rows.index.max()]
    stated = {
        label: number
        for label, cell in _labelled([*profile.grid.above, *after.to_numpy().tolist()])
        if says("numbers", "balance", label) and (number := _stated(profile, cell)) is not None
    }
    pairs = [
        (one, other) for one in stated for other in stated if one != other and stated[one] + total == stated[other]
    ]
    if total and len(pairs) == 1:
        why = f"proven: opening balance and {len(profile.rows)} amounts give the closing balance"
        draft.prove("outside.opening", {"label": pairs[0][0]}, why)
        draft.prove("outside.closing", {"label": pairs[0][1]}, why)


def _stated(profile: Profile, cell: Cell) -> Decimal | None:
    figure = figure_of(cell.strip()) if isinstance(cell, str) else None
    if isinstance(cell, str) and (figure is None or figure.beside):
        return None
    return number_of(cell, profile.number_format, frozenset())
