"""What comes of a message: delivered or bounced, opened, clicked, complained about, bought from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.account.shop import Visit, buy

if TYPE_CHECKING:
    from sandbox.account.diary import Diary
    from sandbox.account.event import Event
    from sandbox.account.flows import Flow, FlowMessage
    from sandbox.account.messages import Campaign, Message, Variation
    from sandbox.account.people import Person

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Odds:
    """How people take a message; probabilities per recipient, then per opener or clicker."""

    bounce: float = 0.008
    drop: float = 0.004
    open: float = 0.36
    click: float = 0.16
    buy: float = 0.28
    spam: float = 0.0006
    unsubscribe: float = 0.003


CAMPAIGN = Odds()
SALE = Odds(open=0.45, click=0.24, buy=0.4)
FLOW = Odds(bounce=0.005, open=0.52, click=0.3, buy=0.35)
BAD = Odds(bounce=0.15, drop=0.03, open=0.12, click=0.05, buy=0.02, spam=0.03, unsubscribe=0.05)


@dataclass(frozen=True)
class Post:
    """One message to one person."""

    person: Person
    wall: datetime
    properties: dict[str, Any]
    odds: Odds
    campaign_id: str | None = None
    discount: float = 0.0


def send_campaign(diary: Diary, campaign: Campaign, discount: float) -> None:
    """Send a campaign to its recipients, and write down everything that follows."""
    odds = BAD if campaign.is_bad else SALE if discount else CAMPAIGN
    for message in campaign.messages:
        count = min(campaign.recipients, len(diary.people))
        if message.channel == "sms" and len(campaign.messages) > 1:
            count //= 2
        for number, person in enumerate(diary.rng.sample(diary.people, count)):
            variation = message.variations[number % len(message.variations)]
            wall = campaign.send + timedelta(seconds=diary.rng.randrange(20 * 60))
            facts = _campaign_facts(campaign, message, variation)
            _deliver(diary, message.channel, Post(person, wall, facts, odds, campaign.id, discount))


def send_flow(diary: Diary, flow: Flow, person: Person, wall: datetime) -> None:
    """Let a profile through a flow that starts at a local time."""
    for message in flow.messages:
        sent = wall + message.after
        if not flow.sends(message, sent.replace(tzinfo=diary.brand.zone)):
            continue
        facts = _flow_facts(flow, message)
        _deliver(diary, message.channel, Post(person, sent, facts, FLOW))


def _campaign_facts(campaign: Campaign, message: Message, variation: Variation) -> dict[str, Any]:
    facts = {
        "$message": message.id,
        "Campaign Name": campaign.name,
        "Message Name": message.name,
        "$message_send_cohort": f"{int(campaign.sent_at.timestamp())}:{message.id}",
    }
    if len(message.variations) > 1:
        facts["$variation"] = variation.id
    if message.channel == "email":
        facts["Subject"] = variation.subject
    return facts


def _flow_facts(flow: Flow, message: FlowMessage) -> dict[str, Any]:
    facts = {
        "$message": message.id,
        "$flow": flow.id,
        "Campaign Name": message.name,
        "Message Name": message.name,
    }
    if message.channel == "email":
        facts["Subject"] = message.subject
    return facts


def _deliver(diary: Diary, channel: str, post: Post) -> None:
    diary.flip_fold()
    if channel == "email":
        _email(diary, post)
    else:
        _text(diary, post)


def _email(diary: Diary, post: Post) -> None:
    person = post.person
    facts = {**post.properties, "Inbox Provider": person.provider, "Email Domain": person.domain}
    if diary.chance(post.odds.bounce):
        kind = "Hard" if diary.chance(0.6) else "Soft"
        diary.note("bounced", post.wall, person, {**facts, "Bounce Type": kind})
        return
    if diary.chance(post.odds.drop):
        diary.note("dropped", post.wall, person, facts)
        return
    diary.note("received", post.wall, person, facts)
    if person.is_scanned and diary.chance(0.5):
        _click(diary, post, facts, post.wall + timedelta(seconds=20), is_bot=True)
    _read(diary, post, facts)
    _object(diary, post, facts)


def _read(diary: Diary, post: Post, facts: dict[str, Any]) -> None:
    by_itself = post.person.opens_by_itself and diary.chance(0.8)
    if by_itself:
        wall = diary.after(post.wall, 10 * _MINUTE, 2 * _HOUR)
        _open(diary, post, facts, wall, by_itself=True)
    if not diary.chance(post.odds.open):
        return
    wall = diary.after(post.wall, 5 * _HOUR, 3 * _DAY)
    _open(diary, post, facts, wall)
    if diary.chance(0.25):
        _open(diary, post, facts, diary.after(wall, 8 * _HOUR, 3 * _DAY))
    if diary.chance(post.odds.click):
        wall += timedelta(seconds=diary.rng.randrange(5, 240))
        _shop(diary, post, _click(diary, post, facts, wall), wall)


def _open(
    diary: Diary, post: Post, facts: dict[str, Any], wall: datetime, *, by_itself: bool = False
) -> None:
    client = "Apple Mail" if post.person.provider == "Apple" else "Chrome"
    # Other machines open too: a company's scanner, now and then.
    by_machine = by_itself or wall.minute % 20 == 0
    more = {
        "Apple Privacy Open": by_itself, "machine_open": by_machine,
        "Client Name": client, "Client Type": "Email",
    }  # fmt: skip
    diary.note("opened", wall, post.person, {**facts, **more})


def _click(
    diary: Diary, post: Post, facts: dict[str, Any], wall: datetime, *, is_bot: bool = False
) -> Event:
    url = f"https://{diary.brand.client}.example/?utm_source=klaviyo&utm_medium=email"
    return diary.note("clicked", wall, post.person, {**facts, "URL": url, "Bot Click": is_bot})


def _shop(diary: Diary, post: Post, clicked: Event, wall: datetime) -> None:
    """A click may end in an order, which is credited to it."""
    if diary.chance(post.odds.buy):
        bought = diary.after(wall, 40 * _MINUTE, 2 * _DAY)
        credit = diary.credit(clicked, post.campaign_id)
        buy(diary, Visit(post.person, bought, post.discount, credit))


def _object(diary: Diary, post: Post, facts: dict[str, Any]) -> None:
    if diary.chance(post.odds.spam):
        diary.note("spam", diary.after(post.wall, 3 * _HOUR, _DAY), post.person, facts)
    if diary.chance(post.odds.unsubscribe):
        wall = diary.after(post.wall, 3 * _HOUR, _DAY)
        diary.note("unsubscribed", wall, post.person, {**facts, "Method": "Unsubscribe link"})


def _text(diary: Diary, post: Post) -> None:
    facts = {**post.properties, "From Number": "+15005550006", "Message Type": "SMS"}
    diary.note("sms_received", post.wall, post.person, {**facts, "Segment Count": 1})
    if diary.chance(post.odds.click):
        url = f"https://{diary.brand.client}.example/s"
        wall = diary.after(post.wall, _HOUR, _DAY)
        clicked = diary.note("sms_clicked", wall, post.person, {**facts, "URL": url})
        _shop(diary, post, clicked, wall)
