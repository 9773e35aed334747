"""Every conformance case of business-central-api.md, section 12, is a test by its number; most can ask a real service."""

from __future__ import annotations

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).parent
# These post, create journals, change customers, look behind the API or send thousands of requests: not where others work.
SANDBOX_ONLY = {2, 44, 45, 59, 62, 67, 68, 69, 70, 71, 72, 73}


def numbered() -> dict[int, set[str]]:
    """The fixtures that the tests of each case ask for, by the number of the case."""
    found: dict[int, set[str]] = {}
    for path in FOLDER.glob("test_sandbox_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (name := re.match(r"test_((?:\d\d_)+)", node.name)):
                fixtures = {argument.arg for argument in node.args.args} & {"service", "fresh"}
                for number in name[1].strip("_").split("_"):
                    found.setdefault(int(number), set()).update(fixtures)
    return found


def test_every_case_is_a_test_by_number() -> None:
    assert sorted(numbered()) == list(range(1, 75))


def test_all_cases_but_the_harmful_ones_can_ask_a_real_service() -> None:
    assert {number for number, fixtures in numbered().items() if "service" not in fixtures} == SANDBOX_ONLY
