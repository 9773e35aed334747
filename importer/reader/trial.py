"""A trial reading of an old workbook (.xls) in a process of its own.

The parser of old workbooks believes the lengths in the file. A damaged one can make it ask for more memory than there is,
which ends the whole process; so it is first tried where that does no harm.
"""

from __future__ import annotations

import subprocess
import sys

_SECONDS = 120
_PROGRAM = """
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum
try:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
except PasswordError:
    sys.exit(0)
for sheet in workbook.sheets_metadata:
    if sheet.typ is SheetTypeEnum.WorkSheet:
        workbook.get_sheet_by_name(sheet.name)
"""


def survives_reading(content: bytes) -> bool:
    """True when the workbook can be parsed without harm to the process that does it."""
    try:
        done = subprocess.run(  # noqa: S603 - the program is the constant above
            [sys.executable, "-I", "-c", _PROGRAM], input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
