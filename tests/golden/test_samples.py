"""Every shipped sample is recognised without help, or named where little is known of its bank, and read as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import load_mappings
from importer.reader.report import expected_facts, read_sample, sample_files, statement_facts
from importer.shipped import shipped

MAPPINGS = load_mappings([shipped("mappings")])
SAMPLES = shipped("samples")


@pytest.mark.parametrize("sample", sample_files(SAMPLES), ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_sample_is_read_as_expected(sample: Path) -> None:
    assert expected_facts(sample) == statement_facts(read_sample(sample, MAPPINGS))


def test_every_mapping_has_a_sample() -> None:
    sampled = {path.relative_to(SAMPLES).with_suffix("").as_posix() for path in sample_files(SAMPLES)}

    assert {mapping.id for mapping in MAPPINGS} - sampled == set()
