"""However a file is damaged, it is read or refused; a traceback would stop the whole night's run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import UnusableFile
from importer.model import BankLine, UnreadRow
from importer.reader import read_statement
from importer.shipped import shipped
from tests.unit.reader_files import GENERIC

SAMPLES = [shipped("samples") / name for name in ("generic.csv", "generic.xlsx")]
PIECES = st.sampled_from([b"", b'"', b",", b"\n", b"\0", b"\xff", b"=", b"9", b"\r", b"-"])


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4)
)
def test_a_damaged_file_is_read_or_refused(sample: Path, damages: list[tuple[float, int, bytes]]) -> None:
    content = sample.read_bytes()
    for place, length, piece in damages:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / sample.name
        path.write_bytes(content)
        try:
            statement = read_statement(path, [GENERIC])
        except UnusableFile as error:
            refusal, kinds = str(error), set()
        else:
            refusal, kinds = "", {type(item) for item in (*statement.lines, *statement.unread)}
    assert sample.name in (refusal or sample.name)
    assert kinds <= {BankLine, UnreadRow}
