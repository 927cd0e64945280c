"""Checking the body of a report."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.account.metrics import VALUED
from sandbox.account.performance import VALUES
from sandbox.server.errors import ApiError, bad_body, bad_cursor
from sandbox.server.filters import LIST_OPERATORS, Condition, parse_filter, split
from sandbox.server.timeframes import Timeframe, read_timeframe

if TYPE_CHECKING:
    from sandbox.account.account import Account
    from sandbox.server.report_kinds import ReportKind

_INTERVALS = ("daily", "hourly", "monthly", "weekly")
_MOST_ITEMS = 100
_FIRST_SEGMENT_DATA = datetime(2023, 6, 1)  # noqa: DTZ001 - the account's own time


@dataclass(frozen=True)
class ReportRequest:
    """A checked request.

    Attributes:
        conversion: Key of the conversion metric, '' where there is none.
        interval: '' for a report of values.
        offset: Rows to leave out, from the page cursor.
        digest: Tells this body from any other; a page cursor belongs to one.
    """

    kind: ReportKind
    statistics: tuple[str, ...]
    frame: Timeframe
    interval: str
    conversion: str
    group_by: tuple[str, ...]
    conditions: tuple[Condition, ...]
    offset: int
    digest: str

    def matches(self, subject: dict[str, Any]) -> bool:
        """Whether a subject of the report satisfies the filter."""
        return all(_holds(item, subject.get(item.field)) for item in self.conditions)


def read_report_request(
    body: bytes, kind: ReportKind, account: Account, cursor: str | None
) -> ReportRequest:
    """Check a body and the page cursor that came with it.

    Raises:
        ApiError: 400 pointing at what Klaviyo would refuse.
    """
    asked = _attributes(body, kind)
    interval = _interval(asked, kind)
    now = account.until.astimezone(account.brand.zone).replace(tzinfo=None)
    frame = read_timeframe(asked["timeframe"], interval, now)
    if kind.name == "segment-series-report" and frame.start < _FIRST_SEGMENT_DATA:
        raise bad_body(pointer="timeframe", detail="Data is unavailable before June 1st, 2023")
    statistics = _choices(asked["statistics"], "statistics", kind.statistics)
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
    return ReportRequest(
        kind=kind,
        statistics=statistics,
        frame=frame,
        interval=interval,
        conversion=_conversion(asked, kind, account, statistics),
        group_by=_group_by(asked, kind),
        conditions=_conditions(asked, kind),
        offset=_offset(cursor, digest),
        digest=digest,
    )


def _attributes(body: bytes, kind: ReportKind) -> dict[str, Any]:
    try:
        data = json.loads(body)["data"]
        name, asked = data["type"], data["attributes"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_body(pointer="", detail=f"The body is not a {kind.name}") from error
    if name != kind.name or not isinstance(asked, dict):
        raise bad_body(pointer="type", detail=f"The type must be '{kind.name}'")
    for unknown in sorted(asked.keys() - set(kind.attributes)):
        raise bad_body(pointer=unknown, detail=f"'{unknown}' is not a valid field")
    for needed in kind.needed:
        if asked.get(needed) is None:
            raise bad_body(pointer=needed, detail=f"'{needed}' is a required field")
    return asked


def _interval(asked: dict[str, Any], kind: ReportKind) -> str:
    if "interval" not in kind.attributes:
        return ""
    if asked["interval"] not in _INTERVALS:
        raise bad_body(pointer="interval", detail=f"'{asked['interval']}' is not a valid interval")
    return str(asked["interval"])


def _choices(values: object, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(values, list) or not values:
        raise bad_body(pointer=name, detail=f"'{name}' must be a list")
    for value in values:
        if value not in allowed:
            raise bad_body(pointer=name, detail=f"'{value}' is not a valid choice for '{name}'")
    return tuple(values)


def _conversion(
    asked: dict[str, Any], kind: ReportKind, account: Account, statistics: tuple[str, ...]
) -> str:
    """The conversion metric; some have no values that could be asked for."""
    if "conversion_metric_id" not in kind.attributes:
        return ""
    ident = asked["conversion_metric_id"]
    keys = {metric.id: metric.key for metric in account.metrics.values()}
    if ident not in keys:
        detail = f"Metric IDs ['{ident}'] do not exist"
        raise bad_body(pointer="conversion_metric_id", detail=detail)
    key = keys[ident]
    refuses = key == "order" and kind.name in account.brand.refuses_values_in
    if (refuses or key not in VALUED) and set(statistics) & set(VALUES):
        detail = "Passed in conversion metric does not support querying for values data"
        raise bad_body(pointer="conversion_metric_id", detail=detail)
    return key


def _group_by(asked: dict[str, Any], kind: ReportKind) -> tuple[str, ...]:
    if asked.get("group_by") is None:
        return kind.default_groups
    groups = _choices(asked["group_by"], "group_by", kind.group_by)
    needed = {*kind.needed_groups, *(kind.prerequisites.get(group, group) for group in groups)}
    if missing := sorted(needed - set(groups)):
        detail = f"The group by attributes {', '.join(missing)} are required"
        raise bad_body(pointer="group_by", detail=detail)
    return groups


def _conditions(asked: dict[str, Any], kind: ReportKind) -> tuple[Condition, ...]:
    text = asked.get("filter")
    if text is None:
        return ()
    try:
        found = parse_filter(_inside_and(str(text)), kind.filters)
    except ApiError as error:
        raise bad_body(pointer="filter", detail=error.detail) from error
    for condition in found:
        if sum(condition.field == other.field for other in found) > 1:
            detail = f"Only one filter can be used per attribute: {condition.field}"
            raise bad_body(pointer="filter", detail=detail)
        if isinstance(condition.value, list) and len(condition.value) > _MOST_ITEMS:
            detail = f"A list in a filter may have at most {_MOST_ITEMS} items"
            raise bad_body(pointer="filter", detail=detail)
    return tuple(found)


def _inside_and(text: str) -> str:
    """What `and(…)` holds together; other combinations do not exist."""
    is_and = text.startswith("and(") and text.endswith(")") and len(split(text)) == 1
    return text[4:-1] if is_and else text


def _offset(cursor: str | None, digest: str) -> int:
    if cursor is None:
        return 0
    owner, _, number = cursor.partition("-")
    if owner != digest or not number.isdecimal():
        raise bad_cursor()
    return int(number)


def _holds(condition: Condition, have: object) -> bool:
    if condition.operator in LIST_OPERATORS[1:] and not isinstance(have, list):
        have = [have]
    return condition.holds(have)
