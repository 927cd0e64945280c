"""A span read in time slices: in order, complete, nothing twice, within the budget."""

import itertools
import random
import threading
from bisect import bisect_left
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tap_klaviyo.run.read_ahead import ReadAheadBudget
from tap_klaviyo.run.time_slices import AdaptiveReader, SliceResult, TooDense, seconds_of
from tap_klaviyo.times import Window

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
PAGE = 1000


class History:
    """Timestamps of events (seconds after START) that can be asked for, a page at a time."""

    def __init__(self, moments: list[int]) -> None:
        self.moments = sorted(moments)
        self.asked: list[Window] = []
        self.in_flight = self.most_in_flight = 0
        self.lock = threading.Lock()

    def fetch(self, window: Window) -> SliceResult[int] | TooDense:
        with self.lock:
            self.asked.append(window)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        start, end = ((moment - START).total_seconds() for moment in window)
        found = self.moments[bisect_left(self.moments, start) : bisect_left(self.moments, end)]
        with self.lock:
            self.in_flight -= 1
        if len(found) > 3 * PAGE and seconds_of(window) > 1:
            return TooDense(PAGE / max(1.0, found[PAGE - 1] - start))
        return SliceResult(found, len(found))


def read(history: History, days: float, allowed: int = 8):
    span = Window(START, START + timedelta(days=days))
    return span, list(AdaptiveReader([span], history.fetch, lambda: allowed))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.integers(0, 6000),
    st.lists(st.tuples(st.integers(0, 86399), st.integers(1, 5000)), max_size=3),
    st.integers(1, 12),
)
def test_windows_join_up_and_every_event_comes_once(seed, scattered, bursts, allowed):
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    moments = [rng.randrange(86400) for _ in range(scattered)]
    moments += [at for at, many in bursts for _ in range(many)]
    span, slices = read(history := History(moments), days=1, allowed=allowed)

    windows = [window for window, _ in slices]
    assert windows[0].start == span.start
    assert windows[-1].end == span.end
    assert all(a.end == b.start for a, b in itertools.pairwise(windows))
    assert [at for _, items in slices for at in items] == history.moments
    assert history.most_in_flight <= max(allowed, 4)


def test_an_empty_span_asks_nothing():
    _, slices = read(history := History([]), days=0)
    assert slices == []
    assert history.asked == []


def test_quiet_months_are_joined():
    read(history := History([5, 10**7]), days=360)
    assert len(history.asked) < 24  # a hundred and twenty of the first length


def test_even_data_cost_few_more_requests_than_pages():
    events = 60_000
    day = 86400
    read(history := History([n * 360 * day // events for n in range(events)]), days=360)
    assert events / PAGE <= len(history.asked) <= 1.6 * events / PAGE


def test_a_busy_hour_is_cut_small_and_the_rest_is_not():
    hour = [3_000_000 + n // 10 for n in range(36_000)]
    _, slices = read(history := History(hour + list(range(0, 5_000_000, 20_000))), days=60)
    assert len(history.asked) < 120
    busy = [window for window, items in slices if len(items) > 300]
    assert all(seconds_of(window) < 3600 for window in busy)


def test_a_second_with_more_than_a_page_is_read_whole():
    _, slices = read(History([1000] * 5000), days=1)
    assert max(len(items) for _, items in slices) == 5000


def test_an_error_comes_where_its_slice_would_after_all_before_it():
    history = History(list(range(0, 40 * 86400, 100)))
    limit = START + timedelta(days=25)

    def fetch(window: Window) -> SliceResult[int] | TooDense:
        if window.end > limit:
            msg = "no more"
            raise ConnectionError(msg)
        return history.fetch(window)

    slices = AdaptiveReader([Window(START, START + timedelta(days=40))], fetch, lambda: 8)
    reached: list[datetime] = []
    with pytest.raises(ConnectionError, match="no more"):
        reached.extend(window.end for window, _ in slices)
    assert START + timedelta(days=20) < max(reached) <= limit


def test_accounts_share_what_may_be_read_ahead():
    budget = ReadAheadBudget(slices=24)
    with budget.for_account() as first:
        assert first() == 24
        with budget.for_account() as second:
            assert first() == second() == 12
        assert first() == 24


def test_the_larger_the_pages_the_fewer_are_read_ahead_but_always_two():
    budget = ReadAheadBudget(slices=24, page_bytes=60_000_000)
    with budget.for_account() as allowed:
        budget.record_page(1_500_000)
        assert allowed() == 24
        budget.record_page(5_000_000)
        budget.record_page(1_000_000)
        assert allowed() == 12
        budget.record_page(50_000_000)
        assert allowed() == 2
