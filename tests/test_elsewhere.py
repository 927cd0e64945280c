"""The tap by itself, as in front of any other Singer target: its input in files."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

TAP = Path(sys.executable).parent / "tap-klaviyo"


def _run(folder, **files):
    """Run the tap with the files of these names; its messages, which also go to a file."""
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    output = folder / "messages.jsonl"
    with output.open("w") as sink:
        subprocess.run([TAP, *options], stdout=sink, check=True, timeout=180)
    return [json.loads(line) for line in output.read_text().splitlines()]


def _discovered(config):
    command = [TAP, "--config", str(config), "--discover"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)


def test_config_catalog_and_state_go_in_and_out_of_files(sandbox, world, tmp_path):
    config = tmp_path / "config.json"
    config.write_text(
        json.dumps(
            {
                "accounts": sandbox.accounts[:1],
                "api_url": sandbox.api_url,
                "start_date": f"{world.first_day}T00:00:00Z",
            }
        )
    )
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(_without(_discovered(config), "metric_aggregates")))
    state = tmp_path / "state.json"

    first = _run(tmp_path, config=config, catalog=catalog)
    state.write_text(json.dumps(_last_state(first)))
    second = _run(tmp_path, config=config, catalog=catalog, state=state)

    before, after = _records(first), _records(second)
    assert before["events"] > 0
    assert "metric_aggregates" not in before
    assert 0 < after["events"] < before["events"] / 2
    assert after["accounts"] == before["accounts"] == 1


def _without(catalog, stream):
    """The catalog with one stream switched off, as a person would edit the file."""
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if entry["tap_stream_id"] == stream and metadata["breadcrumb"] == []:
                metadata["metadata"]["selected"] = False
    return catalog


def _last_state(messages):
    return [message["value"] for message in messages if message["type"] == "STATE"][-1]


def _records(messages):
    return Counter(message["stream"] for message in messages if message["type"] == "RECORD")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory):
    """Programs of an environment with another target and another database."""
    venv = tmp_path_factory.mktemp("elsewhere") / "venv"
    uv = str(Path(sys.executable).parent / "uv")
    python = str(venv / "bin/python")
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    packages = ("target-jsonl==0.1.4", "duckdb>=1,<3")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True)
    return venv / "bin"


COUNT = """
import duckdb, sys
query = f"select count(distinct (account_id, id)), count(*) from '{sys.argv[1]}'"
print(duckdb.sql(query).fetchall())
"""


@pytest.mark.soak  # it installs packages
def test_another_target_and_duckdb_take_what_the_tap_writes(sandbox, world, elsewhere, tmp_path):
    config = tmp_path / "config.json"
    client, account = next(iter(world.accounts.items()))
    settings = {
        "accounts": [one for one in sandbox.accounts if one["client"] == client],
        "api_url": sandbox.api_url,
        "start_date": f"{world.first_day}T00:00:00Z",
    }
    config.write_text(json.dumps(settings))
    messages = _run(tmp_path, config=config)
    (tmp_path / "target.json").write_text('{"do_timestamp_file": false}')
    with (tmp_path / "messages.jsonl").open() as source:
        target = [elsewhere / "target-jsonl", "--config", "target.json"]
        subprocess.run(target, stdin=source, cwd=tmp_path, check=True, capture_output=True)
    for stream, records in _records(messages).items():
        assert len((tmp_path / f"{stream}.jsonl").read_text().splitlines()) == records
    query = [elsewhere / "python", "-c", COUNT, tmp_path / "events.jsonl"]
    counted = subprocess.run(query, check=True, capture_output=True, text=True).stdout
    assert counted.strip() == str([(len(account.by_id),) * 2])
