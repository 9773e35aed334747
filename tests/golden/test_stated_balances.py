"""Of every shipped layout that states an opening and a closing balance, a file without one of its bookings is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import UnusableFile
from importer.mapping import load_mappings
from importer.reader import read_statement
from importer.reader.report import expected_facts, read_sample, sample_files
from importer.shipped import shipped

MAPPINGS = load_mappings([shipped("mappings")])
SAMPLES = shipped("samples")
STATING = {mapping.id for mapping in MAPPINGS if mapping.outside.opening and mapping.outside.closing}
FILES = [path for path in sample_files(SAMPLES) if expected_facts(path)["mapping"] in STATING]


@pytest.mark.parametrize("sample", FILES, ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_a_booking_that_is_missing_is_noticed(sample: Path, tmp_path: Path) -> None:
    whole = read_sample(sample, MAPPINGS)
    if whole.opening is None and whole.closing is None:
        pytest.skip("a file of this layout that states neither")
    layout = next(mapping for mapping in MAPPINGS if mapping.id == whole.mapping)
    rows = sample.read_bytes().splitlines(keepends=True)
    for line in whole.lines:
        damaged = tmp_path / sample.name
        damaged.write_bytes(b"".join(rows[: line.row - 1] + rows[line.row :]))
        with pytest.raises(UnusableFile, match="the lines give"):
            read_statement(damaged, [layout])
