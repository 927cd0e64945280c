"""What cannot be read costs itself and nothing beside it.

A part is an item of a listing, a child of one, or a series: what an answer, or a piece of one, is
about. This is the one place where an answer of a shape that nobody foresaw becomes a part that is
missing: counted, named and told in `sync_log`, where a mistake of ours would show up as well, with
the exception and its place. No message quotes a value of an answer.
"""

from __future__ import annotations

import traceback
import typing as t
from contextlib import contextmanager
from pathlib import Path

from tap_klaviyo.client.errors import NotFound, RequestRefused, Unreadable
from tap_klaviyo.run.run_stats import Missing

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tap_klaviyo.run.run_stats import Tally

T = t.TypeVar("T")

SHAPE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading code raises when an answer is not as documented."""

HERE = str(Path(__file__).parents[1])


class Part:
    """Whether a part was read; known when its `with` is over."""

    is_missing = False


@contextmanager
def part(tally: Tally, kind: str, path: str, name: str, again: str | None = None) -> Iterator[Part]:
    """Let a part that cannot be read be missing, and go on behind it.

    What is refused or has an unknown shape is remembered in the state and asked for again in every
    run, since Klaviyo, or a newer tap, may answer it later. What is gone (404) is not.

    Args:
        tally: Where it is counted, that of the stream whose bookmark moves.
        kind: What is read, in the plural, as `sync_log` shall name it.
        path: The endpoint that answered.
        name: What the part is called; an id where there is one.
        again: What to ask for again in the next run; nothing if None.
    """
    found = Part()
    try:
        yield found
    except (NotFound, RequestRefused, Unreadable) as error:
        found.is_missing = True
        again = None if isinstance(error, NotFound) else again
        missing = Missing([name], str(error))
        tally.miss(kind, type(error).__name__, missing, again, unknown=False)
    except SHAPE as error:
        found.is_missing = True
        place = f"{described(error)} in /{path}"
        tally.miss(kind, place, Missing([name], f"{place}, {PLEASE}"), again, unknown=True)


PLEASE = "an answer the tap does not understand: update it or report this"


def each(  # noqa: PLR0913, PLR0917 - what is read, and what to call it
    tally: Tally,
    kind: str,
    path: str,
    items: Iterable[t.Any] | None,
    convert: Callable[[t.Any], T],
    again: str | None = None,
) -> list[T]:
    """Convert every item of an answer; those that cannot be are left out as in `part`.

    Args:
        tally: See `part`.
        kind: See `part`.
        path: See `part`.
        items: What came; null counts as nothing.
        convert: Turns one item into what is wanted of it.
        again: What to ask for again, if not the item by its own id.
    """
    taken: list[T] = []
    for number, item in enumerate(items or (), 1):
        own = _id_of(item)
        with part(tally, kind, path, own or f"number {number} of an answer", again or own):
            taken.append(convert(item))
    tally.take(kind, len(taken))
    return taken


def described(error: BaseException) -> str:
    """An exception without its values: `KeyError at flows.py:147`.

    The place is the deepest one in the tap itself.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(HERE)] or frames
    place = f" at {Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""
    return f"{type(error).__name__}{place}"


def _id_of(item: object) -> str | None:
    """Its id, or the first id of the group that a number of a report is about."""
    if not isinstance(item, dict):
        return None
    groups = item.get("groupings")
    ids = [item.get("id"), *(groups.values() if isinstance(groups, dict) else ())]
    return next((one for one in ids if isinstance(one, str) and one), None)
