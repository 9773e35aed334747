"""What can go wrong with a run. What is wrong with one bank line is a `Problem` value (model.py), never one of these.

    ImporterError
    ├── ConfigurationError      78  importer.toml, mapping or company set-up is wrong
    ├── UnusableFile             4  a bank file is rejected as a whole
    │   ├── UnknownFormat           no mapping recognises it
    │   ├── AmbiguousFormat         two mappings claim it
    │   ├── BookingsPassedOver      rows outside its table read as bookings
    │   └── OtherAccount            it is a statement of an account that is not the company's
    ├── PlanChanged              4  the plan is not the one that was approved, or exceeds the brake
    ├── AccessDenied            77  Business Central refuses the credentials or the permission
    ├── ServerUnavailable       69  no usable answer from Business Central
    ├── ServerContradiction      6  an answer that must not be acted on: foreign origin, broken invariant
    ├── OutcomeUnknown           5  it is not known whether a request was carried out
    ├── Busy                    75  another run holds the lock, or this one was asked to stop
    └── LedgerError             74  the ledger or the disk failed

The number is the exit code of the command line (design.md §3).
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line, as fixed in design.md §3."""

    DONE = 0
    BUG = 1
    USAGE = 2
    REVIEW = 3
    FILE_REJECTED = 4
    UNKNOWN_OUTCOME = 5
    INTEGRITY = 6
    UNAVAILABLE = 69
    LEDGER = 74
    TEMPORARY = 75
    DENIED = 77
    CONFIGURATION = 78


# Several codes may apply to one run; the first of this list wins (design.md §3; for a bug reliability.md §9.7).
PRECEDENCE = (
    Exit.INTEGRITY,
    Exit.LEDGER,
    Exit.BUG,
    Exit.DENIED,
    Exit.CONFIGURATION,
    Exit.UNKNOWN_OUTCOME,
    Exit.TEMPORARY,
    Exit.UNAVAILABLE,
    Exit.FILE_REJECTED,
    Exit.REVIEW,
    Exit.DONE,
)


def strongest(codes: list[Exit]) -> Exit:
    """The exit code to report when several apply; DONE when there is none."""
    return min(codes, key=PRECEDENCE.index, default=Exit.DONE)


class ImporterError(Exception):
    """Base of everything that ends a run. The message says what was seen, what was wanted and what to do next."""

    exit_code = Exit.BUG


class ConfigurationError(ImporterError):
    """importer.toml, a mapping file or the company's set-up in Business Central is wrong."""

    exit_code = Exit.CONFIGURATION


class UnusableFile(ImporterError):
    """A bank file is rejected as a whole; nothing is created from it."""

    exit_code = Exit.FILE_REJECTED


class UnknownFormat(UnusableFile):
    """No mapping recognises the file."""


class AmbiguousFormat(UnusableFile):
    """Two or more mappings claim the file."""


class BookingsPassedOver(UnusableFile):
    """The file has bookings where its layout has none, so that some would be lost without a word."""


class OtherAccount(UnusableFile):
    """The file is a statement of an account that is not the company's. Its message has both in full."""


class PlanChanged(ImporterError):
    """The plan is not the one that was approved, or it is larger than the brake allows. Nothing of it was written.

    The code is another one when something else has to be told of the run.
    """

    def __init__(self, message: str, exit_code: Exit = Exit.FILE_REJECTED) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class AccessDenied(ImporterError):
    """Business Central refuses the credentials, or they lack a permission."""

    exit_code = Exit.DENIED


class ServerUnavailable(ImporterError):
    """Business Central gave no usable answer although it was safe to ask again."""

    exit_code = Exit.UNAVAILABLE


class ServerContradiction(ImporterError):
    """An answer that must not be acted on: a foreign origin, a doubled line, a broken invariant."""

    exit_code = Exit.INTEGRITY


class OutcomeUnknown(ImporterError):
    """Requests are out of which it is not known whether they were carried out; the next run settles them."""

    exit_code = Exit.UNKNOWN_OUTCOME


class Busy(ImporterError):
    """Another run holds the company's lock, or this one was asked to stop. Try again later."""

    exit_code = Exit.TEMPORARY


class ReportNotWritten(ImporterError):
    """The work is done, but what came of it could not be written where it was wanted."""

    exit_code = Exit.LEDGER


class LedgerError(ImporterError):
    """The ledger or the disk failed; nothing is sent without a ledger."""

    exit_code = Exit.LEDGER
