"""Lists, segments, engagement, forms and tags against what the fictional brands are like."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from tests.conftest import CLIENTS, is_machine

SENT = {"received": "email", "sms_received": "sms"}
ENGAGED = {"opened": "email", "clicked": "email", "sms_clicked": "sms"}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_segments_members_are_the_brands_and_its_net_is_their_difference(ask, world, client):
    truth = world.truth.segment_series(client)
    there = {(row["segment_id"], row["date"]): row for row in truth}
    rows = ask(
        "select * from analytics.daily_audience_metrics "
        "where client = %(client)s and audience_kind = 'segment'",
        client,
    )
    found = {(row["audience_id"], row["date_day"]): row for row in rows}
    assert len(there) > 1000
    assert there.keys() <= found.keys()
    wrong = []
    for key, true in there.items():
        row = found[key]
        net = true["net_members_changed"] if key[1] > world.first_day else row["net_change"]
        expected = (true["total_members"], true["members_added"], true["members_removed"], net)
        if (row["members"], row["added"], row["removed"], row["net_change"]) != expected:
            wrong.append((key, row, true))
    assert not wrong, f"{len(wrong)} differ: {wrong[:5]}"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_list_has_members_on_the_day_on_which_it_was_counted(ask, world, client):
    rows = ask(
        "select * from analytics.daily_audience_metrics "
        "where client = %(client)s and audience_kind = 'list'",
        client,
    )
    lists = world.accounts[client].lists.values()
    counted = {row["audience_id"]: row["members"] for row in rows}
    tags = {row["audience_id"]: row["tags"] for row in rows}
    assert 0 < len(counted) < len(lists)
    assert counted.items() <= world.truth.list_sizes(client).items()
    assert tags.items() <= {one.id: ", ".join(sorted(one.tags)) or None for one in lists}.items()


@pytest.mark.parametrize("client", CLIENTS)
def test_tiers_are_everybody_reached_and_what_each_did_before(ask, world, client):
    events = [event for event in world.accounts[client].events if event.day <= _last(world, client)]
    there = _tiers(events)
    rows = ask("select * from analytics.daily_engagement_tiers where client = %(client)s", client)
    found = {
        (row["date_day"], row["channel"], row["tier"]): (row["people"], row["buyers"])
        for row in rows
        if row["people"]
    }
    assert {tier for _, _, tier in there} >= {"under_30_days", "30_to_89_days", "never"}
    differing = {key for key in found.keys() | there.keys() if found.get(key) != there.get(key)}
    # The first day was read from some hour on.
    wrong = {key for key in differing if key[0] > world.first_day}
    assert not wrong, [(key, found.get(key), there.get(key)) for key in sorted(wrong)[:5]]


def _last(world: Any, client: str) -> date:
    account = world.accounts[client]
    return account.until.astimezone(account.brand.zone).date()


def _tiers(events: list[Any]) -> dict[tuple[date, str, str], tuple[int, int]]:
    """People and buyers by day, channel and tier, person by person."""
    reached: dict[tuple[date, str], set[str]] = defaultdict(set)
    for event in events:
        if event.metric in SENT:
            reached[event.day, SENT[event.metric]].add(event.profile)
    engaged, ordered = _past(events)
    people: Counter[tuple[date, str, str]] = Counter()
    buyers: Counter[tuple[date, str, str]] = Counter()
    for (day, channel), persons in reached.items():
        for person in persons:
            before = [one for one in engaged[channel, person] if one < day]
            key = (day, channel, _tier((day - max(before)).days if before else None))
            people[key] += 1
            buyers[key] += ordered.get(person, day) < day
    return {key: (number, buyers[key]) for key, number in people.items()}


def _past(events: Iterable[Any]) -> tuple[dict[tuple[str, str], set[date]], dict[str, date]]:
    """Days of engagement by channel and person; the day of each person's first order."""
    engaged: dict[tuple[str, str], set[date]] = defaultdict(set)
    ordered: dict[str, date] = {}
    for event in events:
        if event.metric in ENGAGED and not is_machine(event):
            engaged[ENGAGED[event.metric], event.profile].add(event.day)
        elif event.metric == "order":
            ordered[event.profile] = min(event.day, ordered.get(event.profile, event.day))
    return engaged, ordered


def _tier(days: int | None) -> str:
    if days is None:
        return "never"
    bounds = {"under_30_days": 30, "30_to_89_days": 90, "90_to_179_days": 180}
    return next((name for name, end in bounds.items() if days < end), "180_days_or_more")


@pytest.mark.parametrize("client", CLIENTS)
def test_forms_have_their_views_and_submissions_by_version(ask, world, client):
    rows = ask("select * from analytics.daily_form_metrics where client = %(client)s", client)
    there = {
        (row["form_id"], row["form_version_id"], row["date"]): (row["viewed_form"], row["submits"])
        for row in world.truth.form_series(client)
    }
    found = {
        (row["form_id"], row["form_version_id"], row["date_day"]): (row["viewed"], row["submitted"])
        for row in rows
    }
    assert len({row["form_name"] for row in rows}) < len({row["form_version_id"] for row in rows})
    assert there.items() <= found.items()
    assert not any(any(found[key]) for key in found.keys() - there.keys())


@pytest.mark.parametrize("client", CLIENTS)
def test_a_tag_has_the_deliveries_of_its_messages(ask, world, client):
    account = world.accounts[client]
    tags = {one.id: campaign.tags for campaign in account.campaigns for one in campaign.messages}
    for flow in account.flows.values():
        tag = "Old" if flow.is_archived else "Automatic"
        tags |= {message.id: (tag,) for message in flow.messages}
    there: Counter[tuple[str, str]] = Counter()
    for event in account.happened:
        if event.metric in SENT:
            for tag in tags[event.properties["$message"]]:
                there[tag, SENT[event.metric]] += 1
    rows = ask(
        "select tag_name, channel, sum(delivered)::int as delivered "
        "from analytics.tag_metrics where client = %(client)s group by 1, 2",
        client,
    )
    found = {(row["tag_name"], row["channel"]): row["delivered"] for row in rows}
    assert {"Newsletter", "Text", "Automatic"} <= {tag for tag, _ in found}
    assert {key: number for key, number in found.items() if number} == dict(there)
