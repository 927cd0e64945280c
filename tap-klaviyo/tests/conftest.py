"""The tap as a process of its own, or its client alone, over real HTTP against the sandbox."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tap_klaviyo.client import rate_limits, retries
from tap_klaviyo.client.http import ClientOptions, KlaviyoClient

from sandbox import Sandbox, World

COMMAND = (sys.executable, "-m", "tap_klaviyo")
SEASON = timedelta(days=25)


@dataclass
class Sync:
    """What one run of the tap wrote."""

    status: int
    out: str
    log: str
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line in self.out.split("\n")[:-1]:
            message = json.loads(line)
            if message["type"] == "RECORD":
                self.records.setdefault(message["stream"], []).append(message["record"])
            elif message["type"] == "STATE":
                self.state = message["value"]
        if "sync_log" in self.records:  # as a target keeps it: the last record of a key
            log = {(row["account_id"], row["stream"]): row for row in self.records["sync_log"]}
            self.records["sync_log"] = list(log.values())

    def of(self, stream: str, account_id: str) -> list[dict[str, Any]]:
        return [r for r in self.records.get(stream, []) if r["account_id"] == account_id]

    def logged(self, client: str, stream: str) -> dict[str, Any]:
        rows = self.records["sync_log"]
        [row] = [row for row in rows if (row["client"], row["stream"]) == (client, stream)]
        return row

    def bookmark(self, stream: str, account_id: str) -> dict[str, Any]:
        partitions = self.state["bookmarks"].get(stream, {}).get("partitions", [])
        found = (p for p in partitions if p["context"] == {"account_id": account_id})
        return next(found, {})


@cache
def discovered() -> bytes:
    return subprocess.run([*COMMAND, "--discover"], capture_output=True, check=True).stdout


@dataclass
class Tap:
    """Runs `tap-klaviyo` against a sandbox."""

    sandbox: Sandbox
    folder: Path

    def sync(self, **how: Any) -> Sync:
        done = self.run(*self._arguments(**how))
        return Sync(done.returncode, done.stdout, done.stderr)

    def start(self, **how: Any) -> "subprocess.Popen[str]":
        """A run concurrent with the test, which may stop it."""
        return subprocess.Popen(
            [*COMMAND, *self._arguments(**how)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def result(self, process: "subprocess.Popen[str]") -> Sync:
        """What a run that was started wrote, once it has ended."""
        out, log = process.communicate(timeout=60)
        return Sync(process.returncode, out, log)

    def _arguments(
        self,
        *,
        state: dict[str, Any] | None = None,
        only: tuple[str, ...] = (),
        without: dict[str, str] | None = None,
        accounts: list[dict[str, str]] | None = None,
        **settings: Any,
    ) -> list[str]:
        config = {
            "accounts": self.sandbox.accounts if accounts is None else accounts,
            "api_url": self.sandbox.api_url,
            **settings,
        }
        arguments = ["--config", self._file("config", config)]
        arguments += ["--state", self._file("state", state)] if state else []
        if only:
            arguments += ["--catalog", self._file("catalog", self._catalog(only, without or {}))]
        return arguments

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*COMMAND, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    def test(self, accounts: list[dict[str, str]]) -> "subprocess.CompletedProcess[str]":
        config = {"accounts": accounts, "api_url": self.sandbox.api_url}
        return self.run("--config", self._file("config", config), "--test")

    def _file(self, name: str, content: object) -> str:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)

    def _catalog(self, only: tuple[str, ...], without: dict[str, str]) -> dict[str, Any]:
        catalog: dict[str, Any] = json.loads(discovered())
        for stream in catalog["streams"]:
            root = next(m["metadata"] for m in stream["metadata"] if not m["breadcrumb"])
            root["selected"] = stream["tap_stream_id"] in (*only, "sync_log")
            for entry in stream["metadata"]:
                if entry["breadcrumb"][-1:] == [without.get(stream["tap_stream_id"])]:
                    entry["metadata"]["selected"] = False
        return catalog


def invented() -> World:
    until = World.invent(clients=()).until
    first_day: date = (until - SEASON).date()
    return World.invent(clients=("acme", "koala"), until=until, first_day=first_day)


@dataclass
class Twice:
    """A world that does not change, read in two runs that follow closely."""

    tap: Tap
    first: Sync
    second: Sync

    @property
    def world(self) -> World:
        return self.tap.sandbox.world

    def rows(self, client: str, stream: str) -> list[dict[str, Any]]:
        return self.first.of(stream, self.world.accounts[client].id)

    def rows_again(self, client: str, stream: str) -> list[dict[str, Any]]:
        return self.second.of(stream, self.world.accounts[client].id)


@pytest.fixture(scope="session")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    """The library, the reports and what is off by default, for tests that only look."""
    streams = (
        "campaigns", "campaign_messages", "campaign_audiences", "campaign_values", "flow_series",
        "lists", "list_sizes", "segments", "segment_series", "forms", "form_version_series", "tags",
        "templates", "profiles", "billing_usage",
    )  # fmt: skip
    with Sandbox(invented(), rate_factor=100) as sandbox:
        tap = Tap(sandbox, tmp_path_factory.mktemp("twice"))
        settings = {"only": streams, "start_date": sandbox.world.first_day.isoformat()}
        first = tap.sync(**settings)
        yield Twice(tap, first, tap.sync(state=first.state, **settings))


@pytest.fixture
def world() -> World:
    return invented()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    """A strict Klaviyo whose limits do not slow the tests down."""
    with Sandbox(world, rate_factor=100) as sandbox:
        yield sandbox


@pytest.fixture
def tap(sandbox: Sandbox, tmp_path: Path) -> Tap:
    return Tap(sandbox, tmp_path)


@pytest.fixture
def account_id(world: World) -> Callable[[str], str]:
    return lambda client: world.accounts[client].id


class Time:
    """A clock that sleeping moves on immediately."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds the client would have slept; the test does not sleep."""
    clock = Time()
    monkeypatch.setattr(retries, "time", clock)
    monkeypatch.setattr(rate_limits, "time", clock)
    return clock.slept


@pytest.fixture
def sender(sandbox, monkeypatch):
    """A client with the key of acme; it waits half a second for a byte."""
    monkeypatch.setattr(retries, "TIMEOUT", (1, 0.5))
    return client_at(sandbox.api_url, sandbox.accounts[0]["api_key"])


def client_at(url: str, key: str = "pk_x") -> KlaviyoClient:
    options = ClientOptions(url, "2026-10-15", 300, threading.Semaphore(4))
    return KlaviyoClient(options, "acme", key)
