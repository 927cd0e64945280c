"""Running the tap and a plain reader against `bench.klaviyo`, and measuring both."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

TAP = Path(sys.executable).parent / "tap-klaviyo"
IDENTITY = {"events": {"id": "id"}}
"""A stream map that changes nothing, but makes the tap take its ordinary path."""


@dataclass(frozen=True)
class Measured:
    """One run.

    Attributes:
        seconds: Wall-clock time, start-up included.
        cpu: Seconds of processor time, of the measured process alone.
        megabytes: Its peak resident memory (Linux).
        events: Records it wrote.
        requests: Requests for events that the server saw.
        refused: Requests of any kind that it answered with 429.
    """

    seconds: float
    cpu: float
    megabytes: float
    events: int
    requests: int
    refused: int

    @property
    def per_second(self) -> float:
        """Events per second of wall-clock time."""
        return self.events / self.seconds


@contextmanager
def klaviyo(**options: float | str) -> Iterator[str]:
    """Serve; yields the address. `limits="windows"` keeps Klaviyo's limits and announces them."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "bench.klaviyo", f"--port={port}", *flags]
    server = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}/api"
    try:
        _wait_for(url)
        yield url
    finally:
        server.kill()
        server.wait()


def tap(url: str, events: int, accounts: int = 1, **settings: object) -> Measured:
    """Run the tap, events only, into /dev/null."""
    with tempfile.TemporaryDirectory() as folder:
        command = tap_command(Path(folder), url, accounts, ("events",), **settings)
        return measure(command, url, events)


def tap_command(
    folder: Path, url: str, accounts: int, streams: tuple[str, ...], **settings: object
) -> list[str]:
    """Write the tap's files into a folder; returns what runs it."""
    brands = [{"client": f"c{n}", "api_key": f"pk_bench-A{n}"} for n in range(accounts)]
    config = folder / "config.json"
    config.write_text(json.dumps({"accounts": brands, "api_url": url, **settings}))
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(_only(streams)))
    return [str(TAP), "--config", str(config), "--catalog", str(catalog)]


def single_connection(url: str, events: int) -> Measured:
    """Read the same events one page of 1,000 after another, and write them as JSON."""
    return measure([sys.executable, "-m", "bench.single", url], url, events)


def measure(command: list[str], url: str, events: int | None) -> Measured:
    """Run a command to its end.

    Args:
        command: The command.
        url: Where it reads from.
        events: How many records it writes; None to read that in its log.

    Raises:
        RuntimeError: It failed; its log is in the message.
    """
    before = seen(url)
    began = time.monotonic()
    with tempfile.TemporaryFile() as log, Path(os.devnull).open("w") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        log.seek(0)
        said = log.read().decode()
        if status:
            raise RuntimeError(said[-2000:])
    after = seen(url)
    return Measured(
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        events=_records(said) if events is None else events,
        requests=after["requests"] - before["requests"],
        refused=after["refused"] - before["refused"],
    )


def _records(said: str) -> int:
    """The records of a run of the tap, as its last line on progress has them."""
    return int(re.findall(r"finished, ([\d,]+) records", said)[-1].replace(",", ""))


def table(rows: list[tuple[str, Measured]], against: Measured) -> str:
    """The runs as text, each as a ratio to one of them."""
    head = f"{'run':<38}{'seconds':>9}{'events/s':>10}{'ratio':>8}{'cpu s':>8}{'MB':>6}"
    lines = [head + f"{'requests':>10}{'429s':>6}"]
    lines += [
        f"{name:<38}{run.seconds:>9.1f}{run.per_second:>10,.0f}"
        f"{run.per_second / against.per_second:>8.1f}{run.cpu:>8.1f}{run.megabytes:>6.0f}"
        f"{run.requests:>10,}{run.refused:>6}"
        for name, run in rows
    ]
    return "\n".join(lines)


def _only(streams: tuple[str, ...]) -> object:
    found = subprocess.run([str(TAP), "--discover"], capture_output=True, check=True).stdout
    catalog = json.loads(found)
    for stream in catalog["streams"]:
        root = next(m["metadata"] for m in stream["metadata"] if not m["breadcrumb"])
        root["selected"] = stream["tap_stream_id"] in streams
    return catalog


def seen(url: str) -> dict[str, int]:
    """What the server has counted so far."""
    return dict(requests.get(f"{url}/seen", timeout=10).json())


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 10
    while not _answers(url):
        if time.monotonic() > deadline:
            msg = "The server did not start within ten seconds."
            raise RuntimeError(msg)
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        seen(url)
    except requests.ConnectionError:
        return False
    return True
