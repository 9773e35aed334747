"""Text → exact numbers and dates, exactly as told. Nothing is guessed: what the format does not say is `Wrong`.

Only ASCII digits count, no exponent, no underscore; an amount is a Decimal, never a float. A number cell of a workbook is
a binary number: it becomes the decimal with the fewest digits that denotes it.
"""

from importer.cells.dates import SERIALS, DateFormat, contradict, date_pattern, native_date
from importer.cells.months import LANGUAGES
from importer.cells.numbers import Grouping, NumberFormat, Sign, exact, exact_column
from importer.cells.wrong import Wrong

__all__ = [
    "LANGUAGES",
    "SERIALS",
    "DateFormat",
    "Grouping",
    "NumberFormat",
    "Sign",
    "Wrong",
    "contradict",
    "date_pattern",
    "exact",
    "exact_column",
    "native_date",
]
