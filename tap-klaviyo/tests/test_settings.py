"""Wrong settings end before anything is read: one line that says what to write, status 1."""

from datetime import datetime, timedelta, timezone

import pytest
from tap_klaviyo.config.schema import normalize
from tap_klaviyo.config.validation import problems

KEY = "pk_5f0e4a1c9b7d2e6f8a3c5b1d9e7f2a4c6b"
GOOD = {"accounts": [{"client": "acme", "api_key": KEY}]}
TOMORROW = (datetime.now(timezone.utc) + timedelta(days=1)).date().isoformat()

WRONG = {
    "start_date": [
        "11/20/2026", "2026-1-1", "yesterday", TOMORROW, "20261120", "2026-02-30", "2026-11",
        "0001-01-01", "1732060800", 1732060800, "2026-11-20T25:00:00Z", "2026-11-20T00:00:00 UTC",
    ],
    "events_lookback_days": [-1, 1.5, "7", True, 10**9],
    "aggregates_lookback_days": [-1, "soon"],
    "events_reread": ["some", "ALL", True, 1],
    "max_retry_wait_seconds": [-1, "300"],
    "concurrency": [0, -4, 2.5],
    "revision": ["latest", "2026-13-01", "v1", 20261015],
    "api_url": ["127.0.0.1:9211/api", "a.klaviyo.com", "ftp://a.example/api", "https://", "x y"],
    "breakdowns": [
        {"metric": "A", "by": ["URL"]}, ["URL"], [{"metric": "A"}], [{"metric": "A", "by": []}],
        [{"metric": "A", "by": "URL"}], [{"metrics": "A", "by": ["URL"]}], "[{", [{"metric": "",
        "by": ["URL"]}],
    ],
    "private_properties": [
        ["Email"], {"Email": "mask"}, {"Email": True}, {"$message": "drop"}, {"$value": "hash"},
        "{",
    ],
    "accounts": [
        [], [{"client": "a"}], [{"client": "", "api_key": KEY}], [KEY], {"a": KEY},
        f'[{{“client”: "{KEY}"}}]',
        [{"client": "a", "api_key": KEY}, {"client": " a", "api_key": f"{KEY}x"}],
    ],
}  # fmt: skip
CASES = [(name, value) for name, values in WRONG.items() for value in values]

RIGHT = [
    {"start_date": "2026-01-31"},
    {"start_date": "2026-01-31T08:00:00Z"},
    {"start_date": "2026-01-31T08:00:00.000Z"},
    {"start_date": "2026-01-31 08:00"},
    {"start_date": "2026-01-31T08:00:00+02:00"},
    {"start_date": None, "events_lookback_days": None},
    {"start_date": ""},
    {"events_reread": "all"},
    {"api_url": " http://127.0.0.1:9211/api/ "},
    {"revision": "2026-10-15\n"},
    {"breakdowns": [{"metric": "Placed Order", "by": ["URL", "List"]}]},
    {"breakdowns": '[{"metric": "Placed Order", "by": ["URL"]}]'},
    {"private_properties": '{"$extra": "drop", "Email": "hash"}'},
    {"accounts": f'\ufeff[\n {{"client": "a", "api_key": "{KEY}"}}\n]\n'},
    {"accounts": [], "api_key": KEY},
]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_a_wrong_setting_is_named_without_a_key(name, value):
    found = problems(normalize({**GOOD, name: value}))
    assert list(found) == [name]
    assert KEY not in str(found)
    assert "\n" not in str(found[name])


@pytest.mark.parametrize("settings", RIGHT)
def test_what_people_write_and_mean_is_taken(settings):
    assert problems(normalize({**GOOD, **settings})) == {}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"start_date": "11/20/2026"}, "such as 2026-01-31"),
        ({"start_date": "2026-1-1"}, "such as 2026-01-31"),
        ({"start_date": "yesterday"}, "such as 2026-01-31"),
        ({"start_date": "2999-01-01"}, "is in the future"),
        ({"concurrency": 0, "events_lookback_days": -1}, "from 0 to 3650"),
        ({"accounts": [{"client": "acme", "api_key": [KEY]}]}, "no api_key that is text"),
    ],
)
def test_wrong_settings_end_with_one_line_and_status_1_before_anything_is_read(
    tap, sandbox, settings, says
):
    sync = tap.sync(**settings)
    assert sync.status == 1
    assert sync.out == ""
    assert sandbox.requests == []
    # On a Python that is no longer maintained, the SDK says so before.
    *before, last = sync.log.strip().splitlines()
    assert "CRITICAL" in last, sync.log
    assert says in last
    assert not [line for line in before if "ERROR" in line or "CRITICAL" in line]
    assert "Traceback" not in sync.log
    assert not [a for a in sandbox.accounts if a["api_key"] in sync.log]
    assert KEY not in sync.log


def test_the_connection_test_refuses_wrong_settings_in_the_same_words(tap):
    done = tap.test([{"client": "", "api_key": KEY}])
    assert done.returncode == 1
    assert "has no client" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr


def test_a_number_in_the_environment_that_is_none_ends_in_one_line(tap, monkeypatch):
    monkeypatch.setenv("TAP_KLAVIYO_API_KEY", KEY)
    monkeypatch.setenv("TAP_KLAVIYO_CONCURRENCY", "many")
    done = tap.run("--config=ENV")
    assert done.returncode == 1
    assert "TAP_KLAVIYO" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr


def test_streams_are_discovered_whatever_the_settings_are(tap, tmp_path):
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"start_date": "yesterday"}')
    assert tap.run("--config", str(wrong), "--discover").returncode == 0
