"""The Meltano SDK's own suite, with nothing ignored, and the commands the SDK gives."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from singer_sdk.testing import get_tap_test_class
from tap_klaviyo.tap import TapKlaviyo

from sandbox import Sandbox, World

UNTIL = World.invent(clients=()).until
WORLD = World.invent(
    clients=("acme", "koala"), until=UNTIL, first_day=(UNTIL - timedelta(days=10)).date()
)
SANDBOX = Sandbox(WORLD, rate_factor=1000)
SANDBOX.start()  # the SDK's test class wants the settings when it is made


@pytest.fixture(scope="module", autouse=True)
def _sandbox() -> Iterator[None]:
    yield
    SANDBOX.stop()


def everything_selected() -> dict[str, Any]:
    """The catalog with what is off by default switched on."""
    catalog: dict[str, Any] = TapKlaviyo(validate_config=False).catalog_dict
    for stream in catalog["streams"]:
        root = next(m["metadata"] for m in stream["metadata"] if not m["breadcrumb"])
        root["selected"] = True
    return catalog


TestStandard = get_tap_test_class(
    tap_class=TapKlaviyo,
    config={
        "accounts": SANDBOX.accounts,
        "api_url": SANDBOX.api_url,
        "start_date": WORLD.first_day.isoformat(),
    },
    catalog=everything_selected(),
)


def test_the_connection_test_succeeds_with_good_keys(tap):
    assert tap.test(tap.sandbox.accounts).returncode == 0


def test_the_connection_test_fails_when_no_key_works(tap):
    done = tap.test([{"client": "acme", "api_key": "pk_wrong"}])
    assert done.returncode != 0
    assert "pk_wrong" not in done.stdout + done.stderr


def test_about_lists_settings_without_a_key(tap):
    about = json.loads(tap.run("--about", "--format=json").stdout)
    assert {"accounts", "start_date"} <= set(about["settings"]["properties"])
