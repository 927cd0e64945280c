"""What a user sees of `make demo`."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from demo.pipeline import ROOT
from demo.progress import Progress
from tests.conftest import MINUTES


@pytest.fixture
def demo_elsewhere(tmp_path):
    """The demo with a folder of its own, and its database stopped in the end."""
    start = (
        "import sys, pathlib, demo.__main__ as demo; demo.FOLDER = pathlib.Path(sys.argv[1]);"
        "demo.LOADED = demo.FOLDER / 'first-load-done'; "
        "sys.exit({'run': demo.run, 'stop': demo.stop}[sys.argv[2]]())"
    )
    command = (sys.executable, "-c", start, str(tmp_path / "demo"))
    yield lambda what, **more: subprocess.Popen([*command, what], cwd=ROOT, text=True, **more)
    subprocess.run([*command, "stop"], cwd=ROOT, check=True)


def test_ctrl_c_ends_the_demo_without_a_traceback_and_leaves_no_run_behind(demo_elsewhere):
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = demo_elsewhere(
        "run", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    signal.signal(signal.SIGINT, ignored)
    said = []
    for line in process.stdout:
        said.append(line)
        if "API requests answered" in line and int(re.search(r"(\d+) API", line)[1]) > 20:
            break
    os.killpg(process.pid, signal.SIGINT)
    rest, _ = process.communicate(timeout=3 * MINUTES)

    assert process.returncode == 128 + signal.SIGINT, "".join(said) + rest
    assert "Traceback" not in rest
    assert "Stopped. `make demo` goes on from here" in rest


LOG = """\
2026-11-26T22:10:01Z [info     ] tap-klaviyo  12 of 48 account streams finished, 9,113 records, 300 per second, after 30 s
2026-11-26T22:10:01Z [info     ] tap-klaviyo  acme, metric_aggregates: 812 records, 30% of its windows, 27 per second, about 70 s left
2026-11-26T22:10:09Z [info     ] tap-klaviyo  3 of 3 accounts read
2026-11-26T22:10:10Z [info     ] target-postgres METRIC                         metric_name=batch_processing_time metric_value=0.2
2026-11-26T22:10:12Z [info     ] dbt          12:00:01  7 of 312 OK created sql view model
"""  # noqa: E501


def test_the_demo_shows_how_far_reading_and_storing_have_come(tmp_path):
    def lines():
        for line in LOG.splitlines(keepends=True):
            yield line
            time.sleep(2.2)  # between two beats

    with (tmp_path / "said").open("w") as file:
        progress = Progress(Console(file=file, width=150))
        progress.follow(lines(), tmp_path / "log", lambda: 40)
    said = (tmp_path / "said").read_text()

    assert "12 of 48 account streams finished" in said
    assert "acme, metric_aggregates: 812 records, 30% of its windows" in said
    assert "3 of 3 accounts read" in said
    assert "The loader has stored what was read for 1 tables" in said
    assert "dbt: 7 of 312 models and tests" in said
