"""How tests are spread over processes."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something costly together: the loaded pipeline, or their file."""
    for item in items:
        shares_load = "loaded" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("loaded" if shares_load else str(item.path)))
