"""The reports: values of campaigns, series of flows, forms and segments.

Messages are dated by when they were sent, whenever they were opened or bought from. A report
knows nothing later than the world's `until`.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sandbox.account.habits import form_hours, form_versions, members_before, segment_changes
from sandbox.account.library import version_id
from sandbox.server.message_reports import campaign_lines, flow_lines
from sandbox.server.report_kinds import KINDS
from sandbox.server.report_request import ReportRequest, read_report_request
from sandbox.server.report_tally import statistics_of
from sandbox.server.resources import Related, ref, resource
from sandbox.server.timeframes import starts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sandbox.account.account import Account
    from sandbox.account.library import Entry

Line = tuple[dict[str, Any], list[dict[str, float]]]
_RELATED = {"campaign_id": "campaign", "flow_id": "flow", "flow_message_id": "flow-message"}


@dataclass(frozen=True)
class ReportAsked:
    """A request for a report as it came: body, query parameter and address."""

    body: bytes
    cursor: str | None
    url: str


def report(account: Account, name: str, asked: ReportAsked, rows: int) -> dict[str, Any]:
    """Answer a request, at most `rows` groups at a time; 400 if it is not well put."""
    request = read_report_request(asked.body, KINDS[name], account, asked.cursor)
    starts = starts_of(request.frame, request.interval) if request.interval else []
    lines = sorted(_LINES[name](account, request, starts), key=lambda line: json.dumps(line[0]))
    last = request.offset + rows if "conversion_metric_id" in request.kind.needed else len(lines)
    page = lines[request.offset : last]
    links: dict[str, str | None] = {"self": asked.url, "next": None, "prev": None}
    if last < len(lines):
        links["next"] = f"{asked.url}?page_cursor={request.digest}-{last}"
    attributes: dict[str, Any] = {"results": [_result(line, request) for line in page]}
    if request.interval:
        attributes["date_times"] = [f"{start.isoformat()}+00:00" for start in starts]
    related = _related([groupings for groupings, _ in page])
    data = resource(name, str(uuid4()), attributes, **related)
    return {"data": data, "links": links}


def _result(line: Line, request: ReportRequest) -> dict[str, Any]:
    groupings, numbers = line
    made = [statistics_of(interval, request.statistics) for interval in numbers]
    if not request.interval:
        return {"groupings": groupings, "statistics": made[0]}
    series = {name: [interval[name] for interval in made] for name in request.statistics}
    return {"groupings": groupings, "statistics": series}


def _related(found: list[dict[str, Any]]) -> dict[str, Related]:
    made: dict[str, Related] = {}
    for group, kind in _RELATED.items():
        ids = dict.fromkeys(groupings[group] for groupings in found if group in groupings)
        if ids:
            made[f"{kind}s".replace("-", "_")] = [ref(kind, ident) for ident in ids]
    return made


def _form_lines(account: Account, request: ReportRequest, starts: list[datetime]) -> Iterator[Line]:
    found: dict[tuple[str, ...], list[Counter[str]]] = {}
    for form, version in _versions(account, request):
        subject = {"form_id": form.id, "form_version_id": version_id(form, version)}
        group = tuple(subject[name] for name in request.group_by)
        counts = found.setdefault(group, [Counter() for _ in starts])
        for hour, numbers in form_hours(account, form, version):
            if request.frame.holds(hour):
                counts[bisect_right(starts, hour) - 1].update(numbers)
    for group, counts in found.items():
        names = {name for interval in counts for name in interval}
        if names:
            yield (
                dict(zip(request.group_by, group, strict=True)),
                [{name: float(interval[name]) for name in names} for interval in counts],
            )


def _versions(account: Account, request: ReportRequest) -> Iterator[tuple[Entry, str]]:
    """The forms asked for, with each of their versions."""
    for form in account.forms.values():
        for version in form_versions(form):
            subject = {"form_id": form.id, "form_version_id": version_id(form, version)}
            if request.matches(subject):
                yield form, version


def _segment_lines(
    account: Account, request: ReportRequest, starts: list[datetime]
) -> Iterator[Line]:
    for segment in account.segments.values():
        subject = {"segment_id": segment.id}
        if segment.created_at < account.until and request.matches(subject):
            changes = list(segment_changes(account, segment))
            before = members_before(account, segment)
            yield subject, _members(before, changes, starts, request)


def _members(
    total: int,
    changes: list[tuple[datetime, int, int]],
    starts: list[datetime],
    request: ReportRequest,
) -> list[dict[str, float]]:
    added, removed = [0] * len(starts), [0] * len(starts)
    for moment, more, fewer in changes:
        if moment < request.frame.start:
            total += more - fewer
        elif request.frame.holds(moment):
            number = bisect_right(starts, moment) - 1
            added[number] += more
            removed[number] += fewer
    found = []
    for more, fewer in zip(added, removed, strict=True):
        total += more - fewer
        found.append({
            "members_added": float(more),
            "members_removed": float(fewer),
            "net_members_changed": float(more - fewer),
            "total_members": float(total),
        })  # fmt: skip
    return found


_LINES: dict[str, Callable[[Account, ReportRequest, list[datetime]], Iterator[Line]]] = {
    "campaign-values-report": campaign_lines,
    "flow-series-report": flow_lines,
    "form-series-report": _form_lines,
    "segment-series-report": _segment_lines,
}
