"""What became of messages: each event that counts for one, and the send it goes back to."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.account.account import Account
    from sandbox.account.event import Event

_AT = attrgetter("at")
_SENDS = ("received", "sms_received", "bounced", "dropped")
STATISTIC_OF = {
    "received": "delivered",
    "sms_received": "delivered",
    "bounced": "bounced",
    "dropped": "failed",
    "opened": "opens",
    "clicked": "clicks",
    "sms_clicked": "clicks",
    "spam": "spam_complaints",
    "unsubscribed": "unsubscribes",
}
UNIQUE_OF = {
    "opens_unique": "opens",
    "clicks_unique": "clicks",
    "unsubscribe_uniques": "unsubscribes",
    "conversion_uniques": "conversions",
}
VALUES = ("conversion_value", "average_order_value", "revenue_per_recipient", "text_message_roi")


@dataclass(frozen=True)
class Outcome:
    """Something that counts for a message.

    Attributes:
        statistic: 'delivered', 'bounced', 'failed', 'opens', 'clicks', 'spam_complaints',
            'unsubscribes' or 'conversions'.
        variation_id: '' if the message has one version only.
        sent: The delivery, bounce or drop that it goes back to: the last one of the message to
            the person before; the event itself if there is none.
    """

    statistic: str
    message_id: str
    variation_id: str
    event: Event
    sent: Event


def outcomes(account: Account, conversion: str) -> Iterator[Outcome]:
    """All outcomes up to now, with the events of metric key `conversion` as conversions."""
    sends = _sends(account)
    for event in account.happened:
        credit = event.attribution
        if event.metric == conversion and credit is not None:
            touch = account.by_id.get(credit.event_id, event)
            sent = _behind(sends, credit.message_id, touch)
            yield Outcome("conversions", credit.message_id, credit.variation_id, event, sent)
        if event.metric in STATISTIC_OF and "$message" in event.properties:
            message = str(event.properties["$message"])
            variation = str(event.properties.get("$variation", ""))
            sent = _behind(sends, message, event)
            yield Outcome(STATISTIC_OF[event.metric], message, variation, event, sent)


def _sends(account: Account) -> dict[tuple[str, str], list[Event]]:
    found: dict[tuple[str, str], list[Event]] = {}
    for event in account.happened:
        if event.metric in _SENDS:
            key = (str(event.properties.get("$message")), event.profile)
            found.setdefault(key, []).append(event)
    return found


def _behind(sends: dict[tuple[str, str], list[Event]], message_id: str, event: Event) -> Event:
    sent = sends.get((message_id, event.profile), [])
    number = bisect_right(sent, event.at, key=_AT)
    return sent[number - 1] if number else event
