"""A loader that is fed without end, until something happens to it."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from loader.tests.hostile import TEXT, record, schema
from loader.tests.loading import OURS, PROGRAMS, command, lines
from tests.conftest import Database

# A state a second instead of one a minute.
HURRIED = """
from klaviyo_loader.loader import Loader
Loader._MAX_RECORD_AGE_IN_MINUTES = 1 / 600
Loader.cli()
"""
GROUP = 200
PATIENCE = 60


class Fed:
    """A loader whose tap goes on and on: numbered records, and states that name the last one."""

    def __init__(self, database: Database, folder: Path, name: str, **settings: Any) -> None:
        config = command(database, folder, name, OURS, **settings)[1:]
        self.database, self.schema, self.sent = database, name, 0
        self.states: list[int] = []
        self._is_over = threading.Event()
        self._log = folder / f"{name}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(PROGRAMS / "python"), "-c", HURRIED, *config],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._threads = [threading.Thread(target=work) for work in (self._feed, self._listen)]
        for thread in self._threads:
            thread.start()

    def _feed(self) -> None:
        with suppress(BrokenPipeError):
            self._write(schema("fed", {"id": {"type": ["integer"]}, "text": TEXT}, "id"))
            while not self._is_over.is_set():
                numbers = range(self.sent, self.sent + GROUP)
                group = [record("fed", {"id": n, "text": "x" * 300}) for n in numbers]
                self._write(*group, {"type": "STATE", "value": {"last": numbers[-1]}})
                self.sent += GROUP
                time.sleep(0.002)  # the pace of a tap

    def _write(self, *messages: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(lines(messages))
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as states:
            for line in states:
                self.states.append(json.loads(line)["last"])

    def wait_for_states(self, number: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while len(self.states) < number:
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def has_given_up(self) -> bool:
        """Whether it has said why it ends."""
        return "CRITICAL" in self._log.read_text()

    def wait_until_it_gives_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.has_given_up():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def no_more(self) -> None:
        """The tap has ended."""
        self._is_over.set()
        self._threads[0].join(PATIENCE)
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()

    def end(self) -> int:
        """The status with which the loader ends by itself."""
        status = self.process.wait(PATIENCE)
        self._threads[1].join(PATIENCE)
        return status

    def missing(self) -> int:
        """Records that the last state speaks of and that are not there."""
        there = f"select count(*) from {self.schema}.fed where id <= {self.states[-1]}"  # noqa: S608
        return self.states[-1] + 1 - int(self.database.value(there))


@contextmanager
def fed(database: Database, folder: Path, name: str, **settings: Any) -> Iterator[Fed]:
    loader = Fed(database, folder, name, **settings)
    try:
        yield loader
    finally:
        loader.process.kill()
        loader.process.wait()
        loader.no_more()
