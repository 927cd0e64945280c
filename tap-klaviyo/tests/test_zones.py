"""Zones that the aggregates endpoint, or this machine, does not know: the days stay right."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from tap_klaviyo.times import Window, midnight
from tap_klaviyo.zones import REFUSED, RETIRED, ZoneNames, find_zone, with_same_days

UTC = timezone.utc
NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = Window(NOW - timedelta(days=364), NOW)


@pytest.mark.parametrize("name", [*REFUSED, *RETIRED, "america/NEW_york", " Europe/Berlin "])
def test_a_zone_is_found_by_every_name_it_has_or_had(name):
    assert find_zone(name) is not None


@pytest.mark.parametrize("name", ["", "Atlantis/Deep", "../../etc/passwd", "/UTC", "\x00"])
def test_a_zone_that_nobody_knows_is_none(name):
    assert find_zone(name) is None


@pytest.mark.parametrize(("refused", "taken"), REFUSED.items())
def test_the_other_name_of_a_refused_zone_has_the_same_days(refused, taken):
    days = [(NOW - timedelta(days=n)).date() for n in range(364)]
    ours, theirs = ZoneInfo(refused), ZoneInfo(taken)
    assert [midnight(day, ours) for day in days] == [midnight(day, theirs) for day in days]
    assert ZoneNames(ours).of(YEAR) == taken


def test_zones_with_the_same_days_change_their_clocks_on_the_same_days():
    names = list(with_same_days(ZoneInfo("Europe/Kyiv"), YEAR))
    assert {"Europe/Kiev", "Europe/Athens"} <= set(names)
    assert not {"Europe/Berlin", "Europe/Istanbul", "Africa/Cairo", "UTC"} & set(names)


@pytest.fixture
def aggregates_of(tap, sandbox, account_id):
    """Runs the tap with acme's zone called otherwise: the log row, and rows of totals by day."""

    def read(name: str):
        account = sandbox.world.accounts["acme"]
        body = {
            "data": [{
                "type": "account",
                "id": account.id,
                "attributes": {"timezone": name, "preferred_currency": "USD"},
            }]
        }  # fmt: skip
        sandbox.fault("/accounts", client="acme", status=200, body=body, times=None)
        sync = tap.sync(only=("accounts", "metric_aggregates"), accounts=sandbox.accounts[:1])
        rows = sync.of("metric_aggregates", account_id("acme"))
        counts: dict[tuple[str, str], float] = defaultdict(float)
        for row in rows:
            if row["breakdown"] == "total" and row["count"]:
                counts[row["date"], row["metric_id"]] += row["count"]
        return sync.logged("acme", "metric_aggregates"), counts, rows

    return read


def test_a_name_in_another_case_gives_the_days_of_its_zone(aggregates_of):
    _, expected, _ = aggregates_of("America/New_York")
    log, counts, rows = aggregates_of("US/eastern")
    assert log["status"] == "ok"
    assert counts == expected != {}
    assert {datetime.fromisoformat(row["period_start"]).astimezone(
        ZoneInfo("America/New_York")).hour for row in rows} == {0}  # fmt: skip


def test_a_refused_name_is_replaced_by_a_zone_with_the_same_days(aggregates_of, sandbox):
    _, expected, _ = aggregates_of("America/New_York")
    refusal = {
        "errors": [{
            "detail": "'America/New_York' is not a valid timezone",
            "source": {"pointer": "/data/attributes/timezone"},
        }]
    }  # fmt: skip
    sandbox.fault("/metric-aggregates", client="acme", status=400, body=refusal)
    log, counts, rows = aggregates_of("America/New_York")
    assert counts == expected
    assert log["status"] == "ok"
    assert "rejects the time zone America/New_York; America/Detroit is used instead" in log["error"]
    assert {row["timezone"] for row in rows} == {"America/New_York"}


def test_a_zone_that_nobody_knows_costs_no_stream_and_is_told(aggregates_of):
    log, counts, rows = aggregates_of("Atlantis/Deep")
    assert counts
    assert log["status"] == "partial"
    assert "'Atlantis/Deep': days are those of UTC" in log["error"]
    assert {row["period_start"][11:] for row in rows} == {"00:00:00Z"}
