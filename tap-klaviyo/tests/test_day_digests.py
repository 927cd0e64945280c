"""A digest of a day is that of its aggregates, and of nothing else."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tap_klaviyo.streams.aggregates.digests import DayDigests
from tap_klaviyo.times import UTC, Window, midnight

SYDNEY = ZoneInfo("Australia/Sydney")
DAY = date(2026, 11, 20)
WINDOW = Window(midnight(DAY, SYDNEY), midnight(DAY + timedelta(days=1), SYDNEY))
WEEK = Window(WINDOW.start - timedelta(days=6), WINDOW.end)


def record(breakdown, group, count, **more):
    return {
        "metric_id": "M",
        "breakdown": breakdown,
        "dimension_key": group,
        "period_start": "2026-11-19T13:00:00Z",
        "date": DAY.isoformat(),
        "count": count,
        "unique_profiles": 1,
        "sum_value": 0.1 + 0.2,
        **more,
    }


RECORDS = [record("total", "", 3), record("$message", "a", 2), record("$message", "b", 1)]


def digest(records, window=WINDOW):
    digests = DayDigests()
    digests.add(records)
    digests.finish(WEEK, datetime.now(UTC))
    return digests.of(DAY, window)


def test_neither_order_nor_notation_nor_zeros_matter():
    nothing = record("total", "", 0, metric_id="N", unique_profiles=0.0, sum_value=None)
    same = [{**one, "sum_value": 0.3, "count": one["count"] * 1.0} for one in reversed(RECORDS)]
    assert digest([nothing, *same]) == digest(RECORDS)
    assert digest(RECORDS).events == 3


def test_whatever_an_aggregate_says_matters():
    changes = {
        "metric_id": "N", "breakdown": "URL", "dimension_key": "c", "count": 4,
        "unique_profiles": 2, "sum_value": 0.31, "period_start": "2026-11-19T14:00:00Z",
    }  # fmt: skip
    found = [digest([{**RECORDS[0], name: value}, *RECORDS[1:]]) for name, value in changes.items()]
    found += [digest(RECORDS), digest(RECORDS[:2]), digest([])]
    assert len({one.text for one in found}) == len(found)


def test_the_day_of_another_zone_is_another_day_and_one_not_read_has_no_digest():
    hour = timedelta(hours=1)
    later = Window(WINDOW.start + hour, WINDOW.end)
    assert digest(RECORDS, later).text != digest(RECORDS).text
    assert digest(RECORDS, Window(WINDOW.start, WINDOW.end + hour)) is None
    assert digest(RECORDS, Window(WEEK.start - hour, WINDOW.end)) is None
    assert DayDigests().of(DAY, WINDOW) is None
