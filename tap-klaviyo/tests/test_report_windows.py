"""The windows of Klaviyo's reports: its notation, local days, calendar quarters."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from tap_klaviyo.client.errors import StreamFailed
from tap_klaviyo.streams.reports.report import days, timeframe
from tap_klaviyo.times import Window, quarter_spans

UTC = timezone.utc
NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_window_is_written_in_the_accounts_own_time():
    both = Window(at("2026-10-31T04:00:00"), at("2026-11-02T05:00:00"))  # clocks go back between
    assert timeframe(both, NEW_YORK) == {
        "start": "2026-10-31T00:00:00+00:00",
        "end": "2026-11-01T23:59:59+00:00",
    }


def test_a_window_that_ends_with_the_first_second_of_a_day_is_still_a_window():
    tick = Window(at("2026-11-09T13:00:00"), at("2026-11-09T13:00:01"))
    frame = timeframe(tick, SYDNEY)
    assert (frame["start"], frame["end"]) == (
        "2026-11-10T00:00:00+00:00",
        "2026-11-10T00:59:59+00:00",
    )


TWO_DAYS = Window(at("2026-11-09T13:00:00"), at("2026-11-11T09:00:00"))


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(["2026-11-10T00:00:00+00:00", "2026-11-11T00:00:00+00:00"], id="local-days"),
        pytest.param(["2026-11-09T13:00:00+00:00", "2026-11-10T13:00:00+00:00"], id="moments"),
        pytest.param(["2026-11-10T00:00:00+11:00", "2026-11-11T00:00:00+11:00"], id="offset"),
    ],
)
def test_days_are_the_accounts_however_klaviyo_writes_them(labels):
    assert days(TWO_DAYS, SYDNEY, labels) == [date(2026, 11, 10), date(2026, 11, 11)]


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(["2026-11-10T00:00:00+00:00"], id="one-missing"),
        pytest.param(["2026-11-08T00:00:00+00:00", "2026-11-09T00:00:00+00:00"], id="other-days"),
        pytest.param([], id="none"),
    ],
)
def test_numbers_of_other_days_than_asked_for_are_refused(labels):
    with pytest.raises(StreamFailed, match="were requested"):
        days(TWO_DAYS, SYDNEY, labels)


def test_quarters_are_whole_and_the_accounts_own():
    quarters = list(quarter_spans(at("2026-01-01T00:00:00"), at("2026-04-01T03:59:59"), NEW_YORK))
    assert [quarter.start for quarter in quarters] == [
        at("2025-10-01T04:00:00"),
        at("2026-01-01T05:00:00"),
    ]
    assert quarters[-1].end == at("2026-04-01T04:00:00")
