"""`python -m sandbox`, as a process of its own."""

import csv
import io
import json
import signal
import subprocess
import sys
from datetime import date, datetime, timezone

import psycopg
import pytest
import requests

from sandbox import World
from sandbox.cli import main

WORLD = ["--until", "2026-11-20T12:00Z", "--first-day", "2026-11-15", "--clients", "acme,nord"]


def command(*arguments):
    return [sys.executable, "-m", "sandbox", *map(str, arguments)]


def run(*arguments):
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_serve_says_where_it_is_and_stops_when_told(tmp_path):
    ready_file = tmp_path / "ready.json"
    with subprocess.Popen(
        command("serve", *WORLD, "--ready-file", ready_file), stdout=subprocess.PIPE, text=True
    ) as process:
        ready = json.loads(process.stdout.readline())
        key = ready["accounts"][1]["api_key"]
        answer = requests.get(
            f"{ready['api_url']}/accounts",
            headers={"Authorization": f"Klaviyo-API-Key {key}", "revision": "2026-10-15"},
            timeout=30,
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0

    [account] = answer.json()["data"]
    assert account["attributes"]["preferred_currency"] == "DKK"
    assert json.loads(ready_file.read_text()) == ready
    assert [item["client"] for item in ready["accounts"]] == ["acme", "nord"]
    assert ready["until"] == "2026-11-20T12:00:00+00:00"


def test_truth_prints_the_daily_rows_as_json_and_csv(capsys):
    rows = json.loads(run("truth", *WORLD))
    assert main(["truth", *WORLD, "--format", "csv"]) == 0
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))

    until = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    first_day = date(2026, 11, 15)
    world = World.invent(until=until, clients=("acme", "nord"), first_day=first_day)
    known = [row for client in ("acme", "nord") for row in world.truth.daily_client_metrics(client)]
    as_text = [{name: str(value) for name, value in row.items()} for row in known]
    assert lines == as_text
    assert [{name: str(value) for name, value in row.items()} for row in rows] == as_text


def test_postgres_starts_stays_and_stops(tmp_path):
    folder = tmp_path / "postgres"
    env = json.loads(run("postgres", "start", folder))
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
    dsn = {name: env[variable] for name, variable in names.items()}
    dsn["password"] = env["PGPASSWORD"]
    try:
        with psycopg.connect(**dsn) as connection:
            connection.execute("create table kept (n int)")
        assert json.loads(run("postgres", "start", folder)) == env
    finally:
        run("postgres", "stop", folder)

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**dsn, connect_timeout=5)


def test_an_unknown_brand_is_refused_with_the_ones_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["truth", "--clients", "acme,globex"])

    assert "unknown brand globex; there are acme, nord, koala, fjord" in capsys.readouterr().err
