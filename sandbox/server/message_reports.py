"""What became of the messages of campaigns and flows, in the groups that were asked for."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.account.library import tag_ids
from sandbox.account.performance import outcomes
from sandbox.server.flow_resources import tags_of_flow
from sandbox.server.report_tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.account.account import Account
    from sandbox.account.messages import Campaign
    from sandbox.server.report_request import ReportRequest

_Tallies = dict[tuple[str, str], dict[int, Tally]]  # by message and variation, then interval
_TAGS = ("tag_id", "tag_name")


def campaign_lines(
    account: Account, request: ReportRequest, _starts: list[datetime]
) -> Iterator[tuple[dict[str, Any], list[dict[str, float]]]]:
    """A line per group of campaign messages sent within the timeframe."""
    tallies: _Tallies = {}
    for outcome in outcomes(account, request.conversion):
        key = (outcome.message_id, outcome.variation_id)
        tallies.setdefault(key, {}).setdefault(0, Tally()).add(outcome)
    subjects = (
        subject
        for campaign in account.campaigns
        if campaign.sent_at < account.until
        and request.frame.holds(_wall(account, campaign.sent_at.timestamp()))
        for subject in _campaign_subjects(account, campaign)
    )
    return _lines(subjects, tallies, request, 1)


def _campaign_subjects(account: Account, campaign: Campaign) -> Iterator[dict[str, Any]]:
    for message in campaign.messages:
        names = {variation.id: variation.name for variation in message.variations}
        for variation_id in message.variation_ids:
            yield {
                "campaign_id": campaign.id,
                "campaign_message_id": message.id,
                "campaign_message_name": message.name,
                "group": None,
                "group_name": None,
                "send_channel": message.channel,
                "text_message_format": "SMS" if message.channel == "sms" else None,
                "variation": variation_id or None,
                "variation_name": names.get(variation_id),
                **_tags(account, campaign.tags),
            }


def flow_lines(
    account: Account, request: ReportRequest, starts: list[datetime]
) -> Iterator[tuple[dict[str, Any], list[dict[str, float]]]]:
    """A line per group of flow messages that were sent within the timeframe."""
    tallies: _Tallies = {}
    for outcome in outcomes(account, request.conversion):
        wall = _wall(account, outcome.sent.at)
        if request.frame.holds(wall):
            number = bisect_right(starts, wall) - 1
            key = (outcome.message_id, outcome.variation_id)
            tallies.setdefault(key, {}).setdefault(number, Tally()).add(outcome)
    return _lines(_flow_subjects(account), tallies, request, len(starts))


def _flow_subjects(account: Account) -> Iterator[dict[str, Any]]:
    for flow in account.flows.values():
        for message in flow.messages:
            yield {
                "flow_id": flow.id,
                "flow_name": flow.name,
                "flow_message_id": message.id,
                "flow_message_name": message.name,
                "send_channel": message.channel,
                "text_message_format": "SMS" if message.channel == "sms" else None,
                "variation": None,
                "variation_name": None,
                **_tags(account, tags_of_flow(flow)),
            }


def _tags(account: Account, names: Iterable[str]) -> dict[str, list[str]]:
    ids = tag_ids(account.brand, account.seed)
    return {"tag_id": [ids[name] for name in names], "tag_name": list(names)}


def _lines(
    subjects: Iterable[dict[str, Any]], tallies: _Tallies, request: ReportRequest, intervals: int
) -> Iterator[tuple[dict[str, Any], list[dict[str, float]]]]:
    """Put subjects of the same groups together; with tags, one counts in several groups."""
    found: dict[tuple[object, ...], list[Tally]] = {}
    for subject in subjects:
        message = subject.get("campaign_message_id") or subject["flow_message_id"]
        counted = tallies.get((message, subject["variation"] or ""))
        if counted is None or not request.matches(subject):
            continue
        for groups in _groups(subject, request.group_by):
            made = found.setdefault(groups, [Tally() for _ in range(intervals)])
            for number, tally in counted.items():
                made[number].absorb(tally)
    for groups, made in found.items():
        groupings = dict(zip(request.group_by, groups, strict=True))
        yield groupings, [tally.numbers() for tally in made]


def _groups(subject: dict[str, Any], group_by: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    tags: Iterable[tuple[str | None, str | None]] = [(None, None)]
    if set(group_by) & set(_TAGS) and subject["tag_id"]:
        tags = zip(subject["tag_id"], subject["tag_name"], strict=True)
    for pair in tags:
        one = {**subject, **dict(zip(_TAGS, pair, strict=True))}
        yield tuple(one[group] for group in group_by)


def _wall(account: Account, seconds: float) -> datetime:
    """The account's wall-clock time of an instant."""
    return datetime.fromtimestamp(seconds, account.brand.zone).replace(tzinfo=None)
