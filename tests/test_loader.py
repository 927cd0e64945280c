"""Every stream of the tap, loaded twice, gets the tables that the standard target gives it."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from loader.tests.loading import OURS, STANDARD, load, tables
from sandbox import Sandbox, World

TAP = Path(sys.executable).parent / "tap-klaviyo"
DAYS = timedelta(days=2)


@pytest.fixture
def messages(tmp_path):
    """What the tap writes of a shop, with everything selected."""
    until = World.invent(clients=()).until
    world = World.invent(clients=("acme",), until=until, first_day=(until - DAYS).date())
    with Sandbox(world, rate_factor=100) as sandbox:
        settings = {"accounts": sandbox.accounts, "api_url": sandbox.api_url}
        config = tmp_path / "config.json"
        config.write_text(json.dumps({**settings, "start_date": f"{world.first_day}T00:00:00Z"}))
        catalog = json.loads(
            subprocess.check_output([TAP, "--discover"], stderr=subprocess.DEVNULL)
        )
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = True
        (tmp_path / "catalog.json").write_text(json.dumps(catalog))
        command = [TAP, "--config", config, "--catalog", tmp_path / "catalog.json"]
        return subprocess.check_output(command, stderr=subprocess.DEVNULL)


def test_all_streams_loaded_twice_are_stored_as_the_standard_target_stores_them(
    messages, server, tmp_path
):
    for schema, program in (("quick", OURS), ("standard", STANDARD)):
        for _ in range(2):
            done = load(server, tmp_path, schema, messages, program)
            assert done.status == 0, done.log[-3000:]
    quick, standard = tables(server, "quick"), tables(server, "standard")
    assert quick.keys() == standard.keys()
    assert len(quick) > 20
    for name, table in standard.items():
        assert quick[name] == table, name
    assert all(table.rows for name, table in quick.items() if name != "billing_usage"), quick
