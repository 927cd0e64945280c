"""The words in which it is said what an endpoint allows; `endpoints.py` says it."""

from __future__ import annotations

from dataclasses import dataclass, field

NEWEST = "2026-10-15"
SUPPORTED = frozenset({"2026-07-15", NEWEST})
RETIRED_UP_TO = "2024-10-15"

RANGE = ("greater-or-equal", "greater-than", "less-or-equal", "less-than")
TEXT = ("contains", "ends-with", "equals", "starts-with")


@dataclass(frozen=True)
class Field:
    """A field one may filter by.

    Attributes:
        operators: The operators allowed on it.
        kind: 'text', 'time', 'number', 'bool', or 'resource' for has().
        path: Where its value is in the resource, dotted.
        takes_lists: Whether `equals` may be given a list, of which one value must be equal.
        values: The only values one may compare with; empty for any.
    """

    operators: tuple[str, ...]
    kind: str
    path: str
    takes_lists: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """Requests allowed per account in a second, in a minute and, of some, in a day."""

    burst: int
    steady: int
    daily: int | None = None


@dataclass(frozen=True)
class Endpoint:
    """One operation.

    Attributes:
        name: The sandbox's name of it; also what the rate limit counts by.
        path: Path below /api, with {id}.
        filters: Allowed filters by field.
        sorts: Dotted path by field one may sort by, '-' in front reverses.
        default_sort: The order without `sort`.
        include: Allowed values of `include`.
        fields: Sparse fieldsets by resource type.
        additional: Attributes that are served only when asked for, by resource type.
        extra_limits: What asking for such an attribute is limited to besides `limit`.
        page_size: Default and maximum of page[size]; None if the parameter does not exist.
        page_fixed: Page length where page[size] does not exist; 0 for all in one page.
        page_cursor: Whether a query parameter page_cursor leads through the pages of a POST.
        names_related: Whether relationships name their resources without being included.
        since: The oldest revision with this shape.
    """

    name: str
    path: str
    scope: str
    limit: Limit
    method: str = "GET"
    filters: dict[str, Field] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    default_sort: str = "id"
    include: tuple[str, ...] = ()
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    additional: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extra_limits: dict[str, Limit] = field(default_factory=dict)
    page_size: tuple[int, int] | None = None
    page_fixed: int = 0
    page_cursor: bool = False
    names_related: bool = True
    since: str = "2026-07-15"


SMALL = Limit(1, 15)
SLOW = Limit(3, 60)
MEDIUM = Limit(10, 150)
LARGE = Limit(75, 750)
WIDE = Limit(350, 3500)
REPORT = Limit(1, 2, 225)

FLOW_FIELDS = ("archived", "created", "id", "name", "status", "trigger_type", "updated")
PROFILE_FIELDS = (
    "created", "email", "external_id", "first_name", "id", "image", "last_event_date", "last_name",
    "locale", "location", "organization", "phone_number", "properties", "title", "updated",
)  # fmt: skip
TAG_FIELDS = ("id", "name")


def times(*pairs: tuple[str, str], also: tuple[str, ...] = ()) -> dict[str, Field]:
    """Fields of times, with the range operators and `also` others."""
    return {name: Field((*also, *RANGE), "time", path) for name, path in pairs}
