from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from tap_klaviyo.times import Window, day_spans, midnight, parse, spans, to_z, utc_text

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("klaviyos", "ours"),
    [
        ("2026-06-23T00:15:23+00:00", "2026-06-23T00:15:23Z"),
        ("2026-06-23 00:15:23.918411+00:00", "2026-06-23T00:15:23.918411Z"),
        ("2026-06-23T00:15:23Z", "2026-06-23T00:15:23Z"),
        ("2026-06-23T02:15:23+02:00", "2026-06-23T00:15:23Z"),
        ("2026-06-23T00:15:23", "2026-06-23T00:15:23Z"),
        (None, None),
    ],
)
def test_every_format_of_klaviyos_becomes_utc_with_z(klaviyos, ours):
    assert utc_text(klaviyos) == ours


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="day"):
        utc_text("2026-02-30T00:15:23+00:00")


def test_windows_touch_without_overlap_and_end_where_told():
    windows = list(spans(at("2026-01-01"), at("2026-01-09"), timedelta(days=3)))
    assert [window.start for window in windows[1:]] == [window.end for window in windows[:-1]]
    assert (windows[0].start, windows[-1].end) == (at("2026-01-01"), at("2026-01-09"))


def test_a_start_in_the_future_gives_no_window():
    assert list(spans(at("2026-01-02"), at("2026-01-01"), timedelta(days=1))) == []


def test_a_day_with_a_clock_change_is_23_or_25_hours_long():
    long_day = midnight(date(2026, 11, 2), NEW_YORK) - midnight(date(2026, 11, 1), NEW_YORK)
    short_day = midnight(date(2026, 10, 5), SYDNEY) - midnight(date(2026, 10, 4), SYDNEY)
    assert (long_day, short_day) == (timedelta(hours=25), timedelta(hours=23))


def test_where_clocks_skip_midnight_the_day_begins_when_they_stop_skipping():
    # Chile put its clocks forward from 24:00 on 5 September 2026 to 01:00.
    start = midnight(date(2026, 9, 6), ZoneInfo("America/Santiago"))
    assert to_z(start) == "2026-09-06T04:00:00Z"


def test_day_windows_begin_at_local_midnight_east_of_greenwich():
    [first, *_, last] = day_spans(at("2026-10-02T20:00:00"), at("2026-10-06T03:00:00"), 1, SYDNEY)
    assert first == Window(at("2026-10-02T14:00:00"), at("2026-10-03T14:00:00"))
    assert last == Window(at("2026-10-05T13:00:00"), at("2026-10-06T03:00:00"))


def test_parse_gives_an_aware_moment():
    assert parse("2026-01-01").tzinfo is UTC
