"""What happened: the one record that everything served and everything counted comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Attribution:
    """What an order is credited to.

    Attributes:
        event_id: The open or click that earned the credit.
        campaign_id: Set for campaign messages.
        flow_id: Set for flow messages; exactly one of the two is set.
    """

    id: str
    event_id: str
    channel: str
    message_id: str
    variation_id: str
    campaign_id: str | None
    flow_id: str | None


class Event:
    """An event, planned for a local day and served as an instant.

    Attributes:
        at: Seconds since the epoch; what the server serves and aggregates by.
        day: The local day it was planned for; only the truth looks at it.
        metric: Key of the metric.
        cents: Money in hundredths of the currency, None if the event has no value.
        properties: Klaviyo's event_properties.
        shown_from: From when on GET /events has it, in seconds; aggregates count it immediately.
        credit_shown_from: Likewise, from when on GET /events has its attribution.
        encoded: The server's cache of JSON bytes by variant; cleared when something changes.
    """

    __slots__ = (
        "at",
        "attribution",
        "cents",
        "credit_shown_from",
        "day",
        "encoded",
        "id",
        "metric",
        "profile",
        "properties",
        "shown_from",
        "uuid",
    )

    def __init__(  # noqa: PLR0913 - the facts of an event
        self,
        *,
        bits: int,
        at: int,
        day: date,
        metric: str,
        profile: str,
        properties: dict[str, Any],
        cents: int | None = None,
        attribution: Attribution | None = None,
    ) -> None:
        """Make an event whose ids come from 128 random bits."""
        text = f"{bits:032x}"
        self.id = f"4{text[:12]}"
        self.uuid = f"{text[:8]}-{text[8:12]}-11f1-8{text[13:16]}-{text[20:]}"
        self.at = at
        self.day = day
        self.metric = metric
        self.profile = profile
        self.properties = properties
        self.cents = cents
        self.attribution = attribution
        self.shown_from = self.credit_shown_from = 0.0
        self.encoded: dict[str, bytes] = {}

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: time, then id."""
        return (self.at, self.id)


def money(cents: int) -> float:
    """Hundredths as the JSON number Klaviyo would send: at most two decimals, no float noise."""
    return cents / 100
