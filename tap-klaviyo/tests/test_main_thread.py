"""Only the main thread touches the SDK: jobs get a snapshot of the state instead."""

import threading
from collections import Counter

import pytest
from singer_sdk import Stream
from tap_klaviyo.streams.base import KlaviyoStream
from tap_klaviyo.tap import TapKlaviyo

OF_STREAMS = ("config", "mask", "selected", "state_manager", "stream_maps", "tap_state")
OF_THE_TAP = ("config", "state", "state_writer", "streams")


class StateManager:
    """The SDK's state manager of a stream; records the thread of every access."""

    def __init__(self, wrapped: object, record) -> None:
        self._wrapped = wrapped
        self._record = record

    def __getattr__(self, name: str) -> object:
        self._record("state_manager", name)
        return getattr(self._wrapped, name)


@pytest.fixture
def accesses(monkeypatch) -> Counter[tuple[str, ...]]:
    """How often each part of the SDK was used, by thread: `main` or `job`."""
    counted: Counter[tuple[str, ...]] = Counter()

    def record(*name: str) -> None:
        is_main = threading.current_thread() is threading.main_thread()
        counted[("main" if is_main else "job", *name)] += 1

    def watch(owner: type, base: type, name: str) -> None:
        original = getattr(base, name).fget

        def get(self: object) -> object:
            record(name)
            found = original(self)
            return StateManager(found, record) if name == "state_manager" else found

        monkeypatch.setattr(owner, name, property(get))

    for name in OF_STREAMS:
        watch(KlaviyoStream, Stream, name)
    for name in OF_THE_TAP:
        watch(TapKlaviyo, TapKlaviyo, name)
    return counted


def test_only_the_main_thread_touches_the_sdk(sandbox, accesses, capsys):
    config = {
        "accounts": sandbox.accounts,
        "api_url": sandbox.api_url,
        "start_date": sandbox.world.first_day.isoformat(),
    }
    tap = TapKlaviyo(config=config)
    tap.sync_all()
    accesses.clear()
    capsys.readouterr()
    TapKlaviyo(config=config, state=tap.state).sync_all()  # which has a state to read
    assert '"stream":"campaign_variations"' in capsys.readouterr().out
    assert {"main"} == {thread for thread, *_ in accesses}
    assert accesses["main", "state_manager", "get_state_partitions"] > 20
    assert accesses["main", "config"] > 0
