"""Isolates what cannot be read: it is left out, and everything around it is kept.

A part is what one response, or one item of it, is about: an item of a listing, a child of one,
a series. Here, and only here, a response of an undocumented shape becomes a missing part:
counted, named and reported in `sync_log`. A bug of the tap would show up there as well, with
exception and line. No message quotes a value of a response.
"""

from __future__ import annotations

import traceback
import typing as t
from contextlib import contextmanager
from pathlib import Path

from tap_klaviyo.client.errors import NotFound, RequestRefused, Unreadable
from tap_klaviyo.run.run_stats import MissingParts

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_klaviyo.run.run_stats import StreamStats

T = t.TypeVar("T")

PARSE_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What parsing raises if a response is not as documented."""

ADVICE = "the tap cannot parse this response; upgrade it or report this"
PACKAGE = Path(__file__).parents[1]


class Subject(t.NamedTuple):
    """What is read, for messages.

    Attributes:
        kind: The parts, in the plural, as `sync_log` names them: `flow actions`.
        path: The endpoint that responded.
    """

    kind: str
    path: str


class Part:
    """Whether a part was read; known at the end of its `with` block."""

    is_missing = False


@contextmanager
def isolate(
    stats: StreamStats, subject: Subject, name: str, retry: str | None = None
) -> Iterator[Part]:
    """Leave out a part that cannot be read, and continue after it.

    A part that Klaviyo rejects or sends in an undocumented shape is kept in the state and
    requested again by every run, since Klaviyo, or a newer tap, may deliver it later. A part
    that is gone (404) is not.

    Args:
        stats: Those of the stream whose bookmark moves.
        subject: What is read.
        name: The part's name; an id if it has one.
        retry: Id to request again in the next run; None for nothing.
    """
    part = Part()
    try:
        yield part
    except (NotFound, RequestRefused, Unreadable) as error:
        part.is_missing = True
        retry = None if isinstance(error, NotFound) else retry
        missing = MissingParts([name], str(error))
        stats.record_missing(subject.kind, type(error).__name__, missing, retry, unparsed=False)
    except PARSE_ERRORS as error:
        part.is_missing = True
        place = f"{describe(error)} in /{subject.path}"
        missing = MissingParts([name], f"{place}: {ADVICE}")
        stats.record_missing(subject.kind, place, missing, retry, unparsed=True)


def convert_each(
    stats: StreamStats,
    subject: Subject,
    items: Iterable[t.Any] | None,
    convert: Callable[[t.Any], T],
    retry: str | None = None,
) -> list[T]:
    """Convert every item of a response; leave out those that fail, as `isolate` does.

    Args:
        stats: See `isolate`.
        subject: See `isolate`.
        items: The items; null counts as none.
        convert: Turns one item into the wanted result.
        retry: Id to request again, if not the item's own.
    """
    converted: list[T] = []
    for number, item in enumerate(items or (), 1):
        own = _id_of(item)
        with isolate(stats, subject, own or f"item {number} of a response", retry or own):
            converted.append(convert(item))
    stats.count_parsed(subject.kind, len(converted))
    return converted


def describe(error: BaseException) -> str:
    """An exception without its values: `KeyError at streams/flows.py:147`.

    The place is the deepest one in the tap itself.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    place = ""
    if own:
        place = f" at {Path(own[-1].filename).relative_to(PACKAGE)}:{own[-1].lineno}"
    elif frames:
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"{type(error).__name__}{place}"


def _id_of(item: object) -> str | None:
    """Its id, or the first id of the group that a report's statistics belong to."""
    if not isinstance(item, dict):
        return None
    groups = item.get("groupings")
    ids = [item.get("id"), *(groups.values() if isinstance(groups, dict) else ())]
    return next((one for one in ids if isinstance(one, str) and one), None)
