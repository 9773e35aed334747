"""What the numbers of imported statements say: some are missing, one came twice, they go back (reliability.md §10.2 B53)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from importer.ledger.statement_files import StatementFile, between

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class MissingNumbers:
    """Statements between two files of one year that were not imported."""

    earlier: StatementFile
    later: StatementFile
    numbers: range

    @property
    def is_certain(self) -> bool:
        """Something is missing."""
        return True

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.numbers[:_MOST_NAMED])) + (" …" if len(self.numbers) > _MOST_NAMED else "")
        what = f"Statement {shown} is" if len(self.numbers) == 1 else f"{len(self.numbers)} statements ({shown}) are"
        return f"{what} missing {between(self.earlier, self.later)}. Get what is missing from the bank and import it."


@dataclass(frozen=True, slots=True)
class SameNumber:
    """Two files of one year with the same number and other content. Only banks whose files repeat whole days come so far."""

    earlier: StatementFile
    later: StatementFile

    @property
    def is_certain(self) -> bool:
        """A statement may have been exported twice, the second time with more bookings."""
        return False

    def __str__(self) -> str:
        return (
            f'"{self.earlier.name}" and "{self.later.name}" have the same statement number '
            f"{self.later.number.number if self.later.number else ''} and other content; look whether both are right."
        )


@dataclass(frozen=True, slots=True)
class NumbersGoBack:
    """A later file of one year has the lower number."""

    earlier: StatementFile
    later: StatementFile

    @property
    def is_certain(self) -> bool:
        """Files are mixed up, of another account or falsely numbered."""
        return True

    def __str__(self) -> str:
        numbers = [file.number.number for file in (self.earlier, self.later) if file.number]
        return (
            f"The numbers of the statements go back {between(self.earlier, self.later)}: {numbers[0]}, then {numbers[1]}. "
            "Look whether both are of this account and the bank's own files."
        )


def number_findings(files: Sequence[StatementFile]) -> Iterator[MissingNumbers | SameNumber | NumbersGoBack]:
    """What the numbers of the files of one account say, in the order of their days."""
    numbered = sorted((file for file in files if file.number), key=lambda file: (file.first, file.last, file.sha256))
    for earlier, later in pairwise(numbered):
        match _step(earlier, later):
            case None | 1:
                pass
            case 0:
                yield SameNumber(earlier, later)
            case step if step < 0:
                yield NumbersGoBack(earlier, later)
            case step:
                first = later.number.number - step + 1 if later.number else 0
                yield MissingNumbers(earlier, later, range(first, first + step - 1))


def are_compared(earlier: StatementFile, later: StatementFile) -> bool:
    """True when the numbers of two files say by themselves whether something is missing between them."""
    return _step(earlier, later) is not None


def _step(earlier: StatementFile, later: StatementFile) -> int | None:
    if earlier.number is None or later.number is None or earlier.number.year != later.number.year:
        return None
    return later.number.number - earlier.number.number
