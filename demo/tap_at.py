"""Run the tap as if it were another time: `python tap_at.py 2026-03-01T12:00:00+00:00 --config …`.

Only the tap's clock is another one, and it ticks as the real one does.
"""

import sys
from datetime import datetime, tzinfo

from tap_klaviyo.tap import TapKlaviyo


class _IsDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


def clock_that_says(now: datetime) -> type:
    """A stand-in for the class `datetime` whose `now` begins at `now`."""
    ahead = now - datetime.now(now.tzinfo)

    class Shifted(datetime, metaclass=_IsDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    return Shifted


if __name__ == "__main__":
    clock = clock_that_says(datetime.fromisoformat(sys.argv.pop(1)))
    for name, module in list(sys.modules.items()):
        if name.startswith("tap_klaviyo") and getattr(module, "datetime", None) is datetime:
            module.datetime = clock  # type: ignore[attr-defined]
    TapKlaviyo.cli()
