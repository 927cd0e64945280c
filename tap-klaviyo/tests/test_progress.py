"""What a waiting person is told."""

import logging
import re
from datetime import datetime, timedelta, timezone

import pytest
from tap_klaviyo.run import progress
from tap_klaviyo.run.progress import Reporter, Running, duration
from tap_klaviyo.run.run_stats import StreamStats


def test_a_run_ends_with_what_it_came_to(tap):
    sync = tap.sync(only=("accounts", "metrics", "flows"))
    records = sum(len(rows) for name, rows in sync.records.items() if name != "sync_log")
    assert re.search(rf"6 of 6 account streams finished, {records:,} records", sync.log)


def test_a_running_stream_says_how_far_it_is_and_what_is_left(monkeypatch, caplog):
    monkeypatch.setattr(progress, "LOG_SECONDS", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    began = datetime.now(timezone.utc) - timedelta(minutes=10)
    stats = StreamStats(120_000, throttled_seconds=42, started_at=began, planned=40, done=10)
    with caplog.at_level(logging.INFO, "tap-klaviyo"):
        waiting = Running("nord", "events", StreamStats())
        Reporter([Running("acme", "events", stats), waiting]).tick()
    [summary, line] = caplog.messages
    assert summary.startswith("0 of 2 account streams finished, 120,000 records")
    assert line == (
        "acme, events: 120,000 records, 25% of its windows, 200 per second, "
        "waited 42 s for limits, about 30 min left"
    )


def test_a_terminal_gets_one_live_line(monkeypatch, capsys):
    monkeypatch.setattr(progress, "LIVE_SECONDS", 0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    reporter = Reporter([Running("acme", "events", StreamStats(records=5))])
    reporter.tick()
    reporter.finish()
    shown = capsys.readouterr().err
    assert shown.startswith("\r\x1b[K0 of 1 account streams finished, 5 records")
    assert shown.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (42.4, "42 s"), (180, "3 min"), (7500, "2 h 5 min")]
)
def test_durations_are_words(seconds, words):
    assert duration(seconds) == words
