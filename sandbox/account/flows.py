"""Flows of a brand: automatic messages, one of them switched on in the middle of the season."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sandbox.account.ids import number_id, short_id

if TYPE_CHECKING:
    from sandbox.account.story import Brand


@dataclass(frozen=True)
class FlowMessage:
    """A message of a flow, sent by one action, some time after the trigger.

    Attributes:
        delay_id: The action that waits for it, after the message before.
        draft_from: When it becomes a draft; None if it never does.
    """

    id: str
    action_id: str
    delay_id: str
    name: str
    channel: str
    subject: str
    after: timedelta
    draft_from: datetime | None = None


@dataclass(frozen=True)
class Flow:
    """A flow.

    Attributes:
        trigger: Key of the list or of the metric that starts it, by `trigger_type`.
        live_from: None for one that never ran and sits in the archive.
        stopped_from: When it is stopped; None if it never is.
    """

    id: str
    key: str
    name: str
    trigger_type: str
    trigger: str
    created_at: datetime
    live_from: datetime | None
    messages: tuple[FlowMessage, ...]
    stopped_from: datetime | None = None

    def status(self, now: datetime) -> str:
        """'live' once switched on, 'draft' before, and for the unfinished one."""
        if _is_past(self.stopped_from, now):
            return "manual"
        return "live" if _is_past(self.live_from, now) else "draft"

    def message_status(self, message: FlowMessage, now: datetime) -> str:
        """The status of one of its messages."""
        return "draft" if _is_past(message.draft_from, now) else self.status(now)

    def sends(self, message: FlowMessage, now: datetime) -> bool:
        """Whether a message whose time has come is sent."""
        return not _is_past(self.stopped_from, now) and not _is_past(message.draft_from, now)

    def updated_at(self, now: datetime) -> datetime:
        """Its last change up to that time."""
        drafts = [message.draft_from for message in self.messages]
        changes = [self.live_from, self.stopped_from, *drafts]
        return max([self.created_at, *(one for one in changes if one and one <= now)])

    @property
    def is_archived(self) -> bool:
        """Whether it sits in the archive."""
        return self.live_from is None


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


_Contents = tuple[tuple[str, str, str, timedelta], ...]
_Plan = tuple[str, str, str, str, _Contents]
_PLANS: tuple[_Plan, ...] = (
    ("welcome", "Welcome series", "Added to List", "newsletter", (
        ("email", "Welcome", "Welcome to {0}", timedelta(minutes=5)),
        ("email", "Our story", "How {0} began", timedelta(days=3)),
    )),
    ("checkout", "Abandoned checkout", "Metric", "checkout", (
        ("email", "You left something", "Still thinking about it?", timedelta(hours=4)),
        ("sms", "Reminder", "{0}: your basket is waiting", timedelta(hours=20)),
    )),
    ("thanks", "Post-purchase thank you", "Metric", "order", (
        ("email", "Thank you", "Thank you from {0}", timedelta(days=2)),
    )),
    ("winback", "Winback 2024 (old)", "Metric", "order", (
        ("email", "We miss you", "{0} misses you", timedelta(days=60)),
    )),
)  # fmt: skip


def flows_of(brand: Brand, seed: int, first_day: date) -> dict[str, Flow]:
    """All flows of a brand, by key.

    'welcome' and 'checkout' run from before the season, 'thanks' from the day of the plot,
    'winback' never.
    """
    start = datetime.combine(first_day, time(11, 0), tzinfo=brand.zone)
    switched_on = first_day + timedelta(days=brand.plot.flow_on)
    live: dict[str, datetime | None] = {
        "welcome": start - timedelta(days=150),
        "checkout": start - timedelta(days=90),
        "thanks": datetime.combine(switched_on, time(9, 0), tzinfo=brand.zone),
        "winback": None,
    }
    return {plan[0]: _flow(brand, seed, plan, start, live[plan[0]]) for plan in _PLANS}


def _flow(
    brand: Brand,
    seed: int,
    plan: _Plan,
    start: datetime,
    live_from: datetime | None,
) -> Flow:
    key, name, trigger_type, trigger, contents = plan
    parts = (seed, brand.client, "flow", key)
    off = brand.plot.flow_off
    return Flow(
        id=short_id(*parts),
        key=key,
        name=name,
        trigger_type=trigger_type,
        trigger=trigger,
        created_at=start - timedelta(days=200),
        live_from=live_from,
        messages=tuple(
            _message(brand, parts, content, _draft_from(brand, start, key, content[1]))
            for content in contents
        ),
        stopped_from=start + timedelta(days=off[1]) if off and off[0] == key else None,
    )


def _draft_from(brand: Brand, start: datetime, key: str, title: str) -> datetime | None:
    draft = brand.plot.draft
    is_meant = draft is not None and draft[:2] == (key, title)
    return start + timedelta(days=draft[2]) if draft and is_meant else None


def _message(
    brand: Brand,
    parts: tuple[object, ...],
    content: tuple[str, str, str, timedelta],
    draft_from: datetime | None,
) -> FlowMessage:
    channel, title, subject, after = content
    return FlowMessage(
        id=short_id(*parts, "message", title),
        action_id=number_id(*parts, "action", title),
        delay_id=number_id(*parts, "delay", title),
        name=title,
        channel=channel,
        subject=subject.format(brand.organization),
        after=after,
        draft_from=draft_from,
    )
