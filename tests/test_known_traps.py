"""docs/known-traps.md names a test for each trap, and each of them exists."""

import ast
import re

import yaml

from demo.pipeline import ROOT

TEXT = (ROOT / "docs/known-traps.md").read_text()
FOLDERS = ("tap-klaviyo/tests", "loader/tests", "sandbox/tests", "tests")


def _tests() -> set[str]:
    """Every test function, and every unit test of the models."""
    functions = {
        node.name
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    units = {
        unit["name"]
        for path in (ROOT / "transform/models").rglob("*.yml")
        for unit in yaml.safe_load(path.read_text()).get("unit_tests", ())
    }
    return functions | units


def _proofs() -> dict[str, set[str]]:
    """The tests in the last cell of each row of the tables of traps, by the first cell."""
    traps = TEXT.partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in traps.splitlines() if line.startswith("| ")]
    return {row[0]: set(re.findall(r"`(\w+)`", row[-1])) for row in rows if row[-1] != "proved by"}


def test_all_25_reports_are_answered():
    assert {str(number) for number in range(1, 26)} <= set(_proofs())


def test_every_trap_names_tests_that_exist():
    proofs = _proofs()
    tests = _tests()
    assert len(proofs) >= 31
    assert not [trap for trap, names in proofs.items() if not names]
    assert not {name for names in proofs.values() for name in names} - tests
