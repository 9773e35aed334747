from __future__ import annotations

import json
from typing import Any

import pytest

from importer.json_lines import in_lines

DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "{\n\n}"),
    "an empty list": ({"files": []}, '{\n"files": []\n}'),
    "a list": ({"a": 1, "b": [{"c": "ä\n"}, None]}, '{\n"a": 1,\n"b": [\n{"c": "ä\\n"},\nnull\n]\n}'),
    "a member": ({"a": {"b": [1, 2]}}, '{\n"a": {"b": [1, 2]}\n}'),
}


@pytest.mark.parametrize(("document", "text"), DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_each_member_and_each_item_of_a_list_is_a_line(document: dict[str, Any], text: str) -> None:
    assert (in_lines(document), json.loads(text)) == (text, document)
