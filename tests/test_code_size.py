"""The limits of CONTRIBUTING.md on Python. tests/test_model_graph.py has those on models."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

from demo.pipeline import ROOT

LIST = ("git", "ls-files", "*.py")
FILE_LINES = 250
FUNCTION_LINES = 25
# Longer than the limits since before a test held them. These numbers may only become smaller.
LONGER = {
    "loader/tests/hostile.py": {"other_streams": 28},
    "sandbox/tests/test_changes.py": {"test_what_is_served_up_to_now_is_the_truth": 26},
    "sandbox/tests/test_reports.py": {"test_values_of_campaigns_are_those_of_their_events": 26},
    "tap-klaviyo/tests/test_event_paths.py": {"page": 29},
    "tests/invented.py": {"": 266, "_aggregates": 30},
    "tests/recomputed/campaigns.py": {"_rates": 27},
    "tests/recomputed/daily.py": {"deliverability": 34},
    "tests/recomputed/health.py": {"_judged": 27},
    "tests/recomputed/raw.py": {"_messages": 33},
    "tests/test_reporting_judgement.py": {
        "test_a_portfolio_weighs_its_clients_and_names_the_one_in_the_middle": 26
    },
    "tests/test_reporting_messages.py": {
        "test_a_campaigns_people_are_counted_once_however_often_they_open": 26
    },
}


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring."""
    whole = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return whole
    return whole - ((first.end_lineno or 0) - first.lineno + 1)


def _too_long(path: Path) -> Iterator[tuple[str, int]]:
    """What of a file is longer than the limits: the file itself has the name ""."""
    text = path.read_text()
    if (lines := len(text.splitlines())) > FILE_LINES:
        yield "", lines
    for node in ast.walk(ast.parse(text)):
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if function and (lines := _lines(node)) > FUNCTION_LINES:
            yield node.name, lines


def test_files_and_functions_have_no_more_lines_than_the_limits():
    listed = subprocess.run(LIST, check=True, capture_output=True, text=True, cwd=ROOT)
    names = listed.stdout.splitlines()
    found = {name: dict(_too_long(ROOT / name)) for name in names if (ROOT / name).exists()}
    assert {name: long for name, long in found.items() if long} == LONGER


def test_contributing_states_the_limits():
    text = " ".join((ROOT / "CONTRIBUTING.md").read_text().split())
    assert f"a Python file at most {FILE_LINES} lines, a function {FUNCTION_LINES}" in text
