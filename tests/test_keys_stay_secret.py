"""Meltano at its most talkative, with settings as wrong as people make them."""

from datetime import timedelta

import pytest

from sandbox import Sandbox, World

WRONG = "pk_5f0e4a1c9b7d2e6f8a3c5b1d9e7f2a4c6b"
EXTRACT = ("--log-level=debug", "run", "tap-klaviyo", "target-postgres")
MISTAKES = {
    "a list without its end": {
        "TAP_KLAVIYO_ACCOUNTS": f'[{{"client": "acme", "api_key": "{WRONG}"}}'
    },
    "a key and nothing else": {"TAP_KLAVIYO_ACCOUNTS": WRONG},
    "no database": {"PGPORT": "9"},
}


@pytest.fixture(scope="module")
def shop():
    until = World.invent(clients=()).until
    world = World.invent(clients=("acme",), until=until, first_day=until.date())
    with Sandbox(world, rate_factor=100) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("setting", "value"), [("START_DATE", "2999-01-01"), ("CONCURRENCY", "0"), ("REVISION", "new")]
)
def test_wrong_settings_stop_meltano_too(setting, value, shop, new_project):
    start = (shop.world.until - timedelta(days=1)).date().isoformat()
    name = setting.lower()
    project = new_project(f"wrong_{name}", shop, TAP_KLAVIYO_START_DATE=start)
    project.settings[f"TAP_KLAVIYO_{setting}"] = value
    project.pipeline.configure(project.settings)
    before = len(shop.requests)
    run = project.meltano("run", "tap-klaviyo", "target-postgres")
    assert run.status != 0
    assert f"`{name}`" in run.log
    assert len(shop.requests) == before


@pytest.mark.parametrize("mistake", MISTAKES)
def test_meltano_shows_no_key_however_talkative_and_however_wrong_the_settings(
    mistake, shop, new_project
):
    start = (shop.world.until - timedelta(days=1)).date().isoformat()
    project = new_project(f"mistake_{mistake}", shop, TAP_KLAVIYO_START_DATE=start)
    project.settings.update(MISTAKES[mistake])
    project.pipeline.configure(project.settings)
    run = project.meltano(*EXTRACT)
    assert run.status != 0
    assert "debug" in run.log
    assert not [key for key in (WRONG, shop.accounts[0]["api_key"]) if key in run.log]
