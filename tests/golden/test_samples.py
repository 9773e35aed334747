"""Every shipped sample is recognised without help, or named where little is known of its bank, and read as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import load_mappings
from importer.reader import recognise
from importer.reader.report import expected_facts, read_sample, sample_files, statement_facts
from importer.shipped import shipped

MAPPINGS = load_mappings([shipped("mappings")])
SAMPLES = shipped("samples")


@pytest.mark.parametrize("sample", sample_files(SAMPLES), ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_sample_is_read_as_expected(sample: Path) -> None:
    assert expected_facts(sample) == statement_facts(read_sample(sample, MAPPINGS))


def test_every_mapping_has_a_sample() -> None:
    sampled = {str(expected_facts(path)["mapping"]) for path in sample_files(SAMPLES)}

    assert {mapping.id for mapping in MAPPINGS} - sampled == set()


NAMED = {mapping.id: mapping for mapping in MAPPINGS if mapping.table.only_when_named}
NAMED_SAMPLES = [sample for sample in sample_files(SAMPLES) if expected_facts(sample)["mapping"] in NAMED]


@pytest.mark.parametrize("sample", NAMED_SAMPLES, ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_a_file_of_a_layout_of_which_little_is_known_is_claimed_by_nobody_and_suggested(sample: Path) -> None:
    found = recognise(sample, MAPPINGS)

    assert found.candidates == ()
    assert NAMED[str(expected_facts(sample)["mapping"])] in found.suggested
