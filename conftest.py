"""How tests are spread over processes."""

import pytest


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something costly together: the loaded pipeline, or their file."""
    for item in items:
        shares_load = "loaded" in getattr(item, "fixturenames", ())
        group = "loaded" if shares_load else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Fail where xdist ignores the groups, rather than make everything costly twice.

    Raises:
        pytest.UsageError: A test has no group.
    """
    if any("@" not in test for test in ids):
        message = "pytest-xdist ignores the groups of tests; see pyproject.toml on pytest's version"
        raise pytest.UsageError(message)
