"""What a run of Meltano is doing, in a line now and then."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console

# What deserves to be shown as the run says it.
TELLING = re.compile(
    r"(Run \S+ reads .*|\S+ is left out of this run.*|Done\. PASS=.*|"
    r"\d+ of \d+ account streams finished, .*|\d+ of \d+ accounts read.*|"
    r"\S+, metric_aggregates: .* left)$"
)
ALL_READ = re.compile(r"tap-klaviyo +\d+ of \d+ accounts read")
STORED = re.compile(r"target-postgres METRIC .*metric_name=batch_processing_time")
MODELS = re.compile(r"(\d+) of (\d+) (OK|PASS|WARN|ERROR|FAIL)")
# A line of the log, and not a picture of the program's stack around it.
LOGGED = re.compile(r"\S+ \[\w+ *\] (meltano {6}|tap-klaviyo {2}|target-postgres |dbt {10})(?! )")
HEARTBEAT = 2.0
TAIL = 25


class Progress:
    """Prints lines with the seconds since the beginning in front."""

    def __init__(self, console: Console) -> None:
        """Begin counting the seconds now."""
        self._console = console
        self._began = time.monotonic()
        self._last = ""
        self._doing = ""
        self._stored = 0

    def say(self, text: str) -> None:
        """Print a line, unless it is the one before again."""
        if text != self._last:
            self._last = text
            seconds = time.monotonic() - self._began
            self._console.print(f"{seconds:5.0f} s  {text}", markup=False, highlight=False)

    def follow(self, lines: Iterable[str], log: Path, requests: Callable[[], int]) -> list[str]:
        """Condense the output of a run, until it ends.

        Args:
            lines: The run's output.
            log: File that gets every line of it.
            requests: How many requests the API has answered in this run so far.

        Returns:
            The last lines, for the case that the run failed.
        """
        tail: deque[str] = deque(maxlen=TAIL)
        self._doing, self._stored = "", 0
        ended = threading.Event()
        heart = threading.Thread(target=self._beat, args=(ended, requests), daemon=True)
        heart.start()
        try:
            with log.open("w") as file:
                for line in lines:
                    file.write(line)
                    tail.extend([line] if LOGGED.match(line) else [])
                    self._notice(line)
        finally:
            ended.set()
            heart.join()
        return list(tail)

    def _notice(self, line: str) -> None:
        if telling := TELLING.search(line):
            self.say(telling[1])
        if built := MODELS.search(line):
            self._doing = f"dbt: {built[1]} of {built[2]} models and tests"
        if ALL_READ.search(line):
            self._doing = "The loader stores what was read"
        elif self._doing.startswith("The loader") and STORED.search(line):
            self._stored += 1
            self._doing = f"The loader has stored what was read for {self._stored} tables"

    def _beat(self, ended: threading.Event, requests: Callable[[], int]) -> None:
        """Say where the run is, every few seconds: the run itself can be silent for minutes."""
        while not ended.wait(HEARTBEAT):
            self.say(self._doing or f"{requests()} API requests answered")
