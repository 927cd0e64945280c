"""`make check` and the beginning of `make run`: what would go wrong is said before it does."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.pipeline import OURS, ROOT
from sandbox import Sandbox, World
from tests.conftest import Database, Run

CLIENTS = ("acme", "koala")
SCOPES = (
    "campaigns:read", "events:read", "flows:read", "forms:read", "lists:read", "metrics:read",
    "segments:read", "tags:read", "usage:read",
)  # fmt: skip


@pytest.fixture
def shops() -> Iterator[Sandbox]:
    with Sandbox(World.invent(clients=CLIENTS), rate_factor=100) as sandbox:
        yield sandbox


@dataclass(frozen=True)
class Checked:
    """Runs the check with settings of its own."""

    file: Path
    settings: Mapping[str, str]

    def run(self, *arguments: str, **changes: str) -> Run:
        settings = {**self.settings, **changes}
        self.file.write_text("".join(f"{name}='{value}'\n" for name, value in settings.items()))
        env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        done = subprocess.run(
            [sys.executable, "-m", "check", f"--env-file={self.file}", *arguments],
            cwd=ROOT,
            env={**env, "COLUMNS": "220"},
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        return Run(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def database(server: Database, request: pytest.FixtureRequest) -> Database:
    name = f"check_{abs(hash(request.node.name)) % 10**8}"
    server.execute(f'create database "{name}"')
    return Database({**server.env, "PGDATABASE": name})


@pytest.fixture
def checked(shops: Sandbox, database: Database, tmp_path: Path) -> Checked:
    accounts = {"TAP_KLAVIYO_ACCOUNTS": json.dumps(shops.accounts)}
    settings = {**database.env, "TAP_KLAVIYO_API_URL": shops.api_url, **accounts}
    return Checked(tmp_path / "env", settings)


def line(run: Run, *words: str) -> str:
    found = [one for one in run.log.splitlines() if all(word in one for word in words)]
    assert len(found) == 1, (words, run.log)
    return found[0]


def test_where_all_is_well_it_says_what_was_found_and_writes_nothing(checked, database, shops):
    run = checked.run()
    assert run.status == 0, run.log
    assert "Postgres" in line(run, "version")
    assert "UTC" not in line(run, "key of acme", "account")
    for client, account in shops.world.accounts.items():
        assert account.id in line(run, f"key of {client}", "account")
        assert "metric Placed Order" in line(run, f"revenue of {client}")
    assert "temporary" in line(run, "rights")
    assert "make run" in run.log
    assert (
        database.value("select count(*) from pg_namespace where nspname ~ 'klaviyo|analytics'") == 0
    )
    assert {request.method for request in shops.requests} == {"GET"}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_missing_scope_is_a_line_of_its_own_and_no_failure(scope, checked, shops):
    shops.deny_scope("acme", scope)
    run = checked.run()
    assert run.status == 0
    assert "attention" in line(run, "key of acme", scope)


def test_one_refused_key_is_named_with_what_to_do_and_the_run_would_go_on(checked, shops):
    shops.revoke("acme")
    run = checked.run()
    assert run.status == 0
    assert "attention" in line(run, "key of acme")
    assert "Create a private key" in run.log
    assert "ok" in line(run, "key of koala", "account")


def test_without_one_key_that_works_it_fails_and_shows_no_key(checked, shops):
    shops.revoke("acme")
    shops.revoke("koala")
    run = checked.run()
    assert run.status == 1
    assert "problem" in line(run, "key of acme")
    assert not any(account["api_key"] in run.log for account in shops.accounts)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PGPASSWORD": "wrong-secret"}, ("Postgres", "password authentication failed")),
        ({"PGPORT": "1"}, ("Postgres", "refused")),
        ({"PGHOST": ""}, ("PGHOST", "is not set")),
        ({"TAP_KLAVIYO_ACCOUNTS": '[{"client": "acme", "api_key": "pk_1'}, ("TAP_KLAVIYO_",)),
        ({"TAP_KLAVIYO_ACCOUNTS": "[]"}, ("TAP_KLAVIYO_", "no API key")),
        ({"TAP_KLAVIYO_CONCURRENCY": "many"}, ("TAP_KLAVIYO_",)),
    ],
)
def test_bad_settings_end_a_run_in_one_line_within_seconds(changes, words, checked):
    began = time.monotonic()
    run = checked.run("--quick", **changes)
    assert time.monotonic() - began < 60
    assert run.status == 1
    line(run, "problem: ", *words)
    assert len(run.log.splitlines()) <= 3
    assert "Traceback" not in run.log
    assert "wrong-secret" not in run.log
    assert "pk_1" not in run.log


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "not UTF-8")]
)
def test_a_secret_whose_file_cannot_be_read_is_named_with_its_path(
    content, words, checked, tmp_path
):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    run = checked.run("--quick", TAP_KLAVIYO_ACCOUNTS_FILE=str(path))
    assert run.status == 1
    assert words in line(run, "problem: TAP_KLAVIYO_ACCOUNTS: ", str(path), "_FILE")


def test_the_quick_part_asks_one_request_of_each_key_and_says_one_line(checked, shops):
    run = checked.run("--quick")
    assert run.status == 0, run.log
    assert "2 of 2 keys work" in line(run, "Checked in")
    assert sorted(request.client for request in shops.requests) == sorted(CLIENTS)
    assert len(run.log.splitlines()) == 1


def test_a_klaviyo_that_does_not_answer_does_not_hold_the_check_up(checked, shops):
    shops.fault("/accounts", client="acme", status=503, times=None)
    began = time.monotonic()
    run = checked.run("--quick")
    assert time.monotonic() - began < 80
    assert run.status == 0
    assert "attention: key of acme" in line(run, "key of acme")


def test_a_database_of_another_encoding_is_refused(checked, server):
    server.execute(
        "create database ascii encoding 'SQL_ASCII' template template0 "
        "locale_provider libc lc_collate 'C' lc_ctype 'C'"
    )
    run = checked.run("--quick", PGDATABASE="ascii")
    assert run.status == 1
    assert "SQL_ASCII" in line(run, "problem: encoding")


def test_a_login_without_rights_is_told_which_statement_gives_them(checked, database):
    name = database.env["PGDATABASE"]
    database.execute(f'revoke all on database "{name}" from public')
    database.execute("create role plain_login login password 'plain'")
    database.execute(f'grant connect on database "{name}" to plain_login')
    database.execute("create schema analytics")
    try:
        run = checked.run(PGUSER="plain_login", PGPASSWORD="plain")
    finally:
        database.execute(f'revoke all on database "{name}" from plain_login')
        database.execute("drop role plain_login")
    assert run.status == 1
    assert "tap_klaviyo" in line(run, "grant create on database")
    assert "temporary" in line(run, "grant temporary on database")
    assert "create in schema analytics" in line(run, "grant usage, create on schema")


def test_a_short_statement_timeout_and_a_metric_without_a_role_are_told(checked, database, shops):
    name = database.env["PGDATABASE"]
    database.execute(f"alter database \"{name}\" set statement_timeout = '30s'")
    shops.rename_metric("acme", "Opened Email", "Email Looked At")
    run = checked.run()
    assert run.status == 0
    assert "30 s" in line(run, "statement_timeout is")
    assert "Email Looked At" in line(run, "metrics of acme")


def test_the_windows_of_the_limit_header_are_told_in_words(checked, shops):
    body = {"data": []}
    headers = {"RateLimit-Limit": "10, 10;w=1, 150;w=60"}
    shops.fault("/tags", status=200, body=body, headers=headers, times=None)
    run = checked.run()
    assert "10 per s, 150 per min" in line(run, "limit of tags")
