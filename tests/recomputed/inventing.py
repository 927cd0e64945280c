"""Invents brands: how they send, in what currencies, who answers when, what Klaviyo tells late."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.recomputed.brand import DAY, Brand, Event, Message, Metric
from tests.recomputed.plots import Plot, flow_plan

FIRST = date(2025, 8, 20)
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Australia/Sydney",
    "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Auckland",
)  # fmt: skip
CURRENCIES = ("USD", "EUR", "GBP", "JPY")
PROVIDERS = ("Gmail", "Apple", "Yahoo", "")
# By channel and action; where there are two names, Klaviyo renamed the metric.
NAMES = {
    "email": {
        "delivered": ("Received Email",), "opened": ("Opened Email",),
        "clicked": ("Clicked Email",),
        "bounced": ("Bounced Email",), "marked": ("Marked Email as Spam",),
        "unsubscribed": ("Unsubscribed", "Unsubscribed from Email Marketing"),
        "subscribed": ("Subscribed to Email Marketing",), "listed": ("Subscribed to List",),
        "unlisted": ("Unsubscribed from List",),
    },
    "sms": {
        "delivered": ("Received SMS", "Received Text Message"),
        "clicked": ("Clicked SMS", "Clicked Text Message"),
        "bounced": ("Failed to Deliver SMS",), "unsubscribed": ("Unsubscribed from SMS Marketing",),
        "subscribed": ("Consented to Receive SMS",),
    },
    "push": {
        "delivered": ("Received Push",), "opened": ("Opened Push",), "bounced": ("Bounced Push",),
    },
    "whatsapp": {
        "delivered": ("Received WhatsApp",), "opened": ("Opened WhatsApp",),
        "clicked": ("Clicked WhatsApp",), "bounced": ("Failed to Deliver WhatsApp",),
    },
}  # fmt: skip
ANSWERS = {
    "email": ("opened", "clicked", "marked", "unsubscribed"),
    "sms": ("clicked", "unsubscribed"),
    "push": ("opened",),
    "whatsapp": ("opened", "clicked"),
}


class Inventor:
    """Invents one brand."""

    def __init__(self, account: str, dice: random.Random, days: int) -> None:
        """Draw what the brand is like; `days` is the length of its history."""
        self.dice = dice
        self.days = days
        zone = dice.choice(ZONES)
        currency = dice.choice(CURRENCIES)
        brand = Brand(account, zone, [(None, currency)], FIRST, (datetime.min, datetime.min))  # noqa: DTZ901
        clock = timedelta(hours=dice.choice([0, 5, 9, 23]), minutes=dice.choice([15, 59]))
        first = brand.midnight(FIRST + (days - dice.randint(1, 4)) * DAY) + clock
        second = max(brand.midnight(FIRST + days * DAY) + clock, first + timedelta(hours=20))
        brand.until = (first, second)
        if dice.random() < 0.4:
            other = dice.choice([code for code in CURRENCIES if code != currency])
            brand.currencies.append((brand.day(second + timedelta(minutes=2)), other))
        self.brand = brand
        crowds = [3, 12, 60] if days > 200 else [3, 12, 40, 150]
        self.people = [f"p{number}" for number in range(dice.choice(crowds))]
        self.provider = {person: dice.choice(PROVIDERS) for person in self.people}
        self.chance = dice.choice([0.05, 0.2, 0.5])
        self.sends = dice.choice([0.03, 0.15, 0.6])
        self.foreign = dice.choice([0, 0, 0.1, 0.5])
        self.plot = Plot(dice, days)
        # Dice of their own, so that what else happens stays as it is.
        self.others = random.Random(account)  # noqa: S311 - a dice, not a secret

    def invent(self) -> Brand:
        """The brand with all that happened to it."""
        self._metrics()
        self._flows()
        for number in range(self.days + 1):
            day = FIRST + number * DAY
            if self.dice.random() < self.sends:
                self._campaign(f"c{number}", day)
            self._flows_of(day)
            self._shop(day)
            self._consents(day)
        self.brand.truth.sort(key=lambda event: (event.at, event.ident))
        return self.brand

    def _metrics(self) -> None:
        dice = self.dice
        channels = ["email", *(one for one in ("sms", "push", "whatsapp") if dice.random() < 0.5)]
        self.channels = channels
        for channel in channels:
            for action, names in NAMES[channel].items():
                kept = names if dice.random() < 0.5 else names[-1:]
                for number, name in enumerate(kept):
                    self.brand.metrics[f"{channel}.{action}.{number}"] = Metric(name, "klaviyo")
        if dice.random() < 0.1:
            del self.brand.metrics["email.delivered.0"]
        if dice.random() < 0.3:
            del self.brand.metrics["email.listed.0"]
        self.brand.metrics |= {
            "order": Metric("Placed Order", "shopify"),
            "order2": Metric("Placed Order", "woocommerce"),
            "refund": Metric("Refunded Order", "shopify"),
            "cancel": Metric("Cancelled Order", "shopify"),
            "viewed": Metric("Viewed Product", "shopify"),
        }
        mapped = {"revenue": "order", "refunded_sales": "refund", "cancelled_sales": "cancel"}
        self.brand.mapped = {role: one for role, one in mapped.items() if dice.random() < 0.9}
        self.brand.mapped |= dict([("viewed_product", "viewed")][self.others.random() < 0.2 :])

    def _flows(self) -> None:
        # Dice of their own, so that what else happens stays as it is.
        dice = random.Random(f"{self.brand.account} flow")  # noqa: S311 - a dice, not a secret
        self.brand.flow_plan = flow_plan(self.brand, dice)
        for channel in self.channels:
            if self.dice.random() < 0.7:
                ident = f"f-{channel}"
                self.brand.messages[ident] = Message(
                    ident, "flow", "flow", (channel,), self.brand.flow_plan.status
                )

    def _campaign(self, ident: str, day: date) -> None:
        channels = tuple(self.dice.sample(self.channels, 1))
        if self.dice.random() < 0.2:
            channels = tuple(self.channels[:2])
        sent_at = self._moment(day)
        status = self.dice.choice(["sent"] * 8 + ["sending", "draft"])
        message = Message(ident, "campaign", f"of-{ident}", channels, status, sent_at)
        if self.dice.random() < 0.95:  # the others have been deleted
            self.brand.messages[ident] = message
        for person in self.dice.sample(self.people, self.dice.randint(1, len(self.people))):
            self._send(message, person, day)

    def _flows_of(self, day: date) -> None:
        flows = [one for one in self.brand.messages.values() if one.kind == "flow"]
        for _ in range(self.dice.choice([0, 0, 1, 4]) if flows else 0):
            self._send(self.dice.choice(flows), self.dice.choice(self.people), day)

    def _send(self, message: Message, person: str, day: date) -> None:
        dice = self.dice
        channel = dice.choice(message.channels)
        named = {"$message": message.ident} if dice.random() < 0.93 else {}
        if dice.random() < 0.05:
            kind = {"Bounce Type": dice.choice(["Hard", "Soft"])} if channel == "email" else {}
            self._happen(f"{channel}.bounced", person, day, named | self._of(person) | kind)
            return
        for _ in range(2 if dice.random() < 0.03 else 1):
            self._happen(f"{channel}.delivered", person, day, named | self._of(person))
        for action in ANSWERS[channel]:
            chance = 2 * self.chance * self.plot.responses((day - FIRST).days)
            for _ in range(dice.choice([0, 0, 1, 2]) if dice.random() < chance else 0):
                self._answer(f"{channel}.{action}", person, day, named)

    def _answer(self, kind: str, person: str, day: date, named: dict[str, Any]) -> None:
        dice = self.dice
        later = day + min(int(dice.expovariate(0.15)), 120) * DAY
        who = person if dice.random() < 0.95 else f"{person} merged"
        properties = named if dice.random() < 0.9 else {}
        if kind.endswith(("opened", "clicked")):
            names = ["Apple Privacy Open", "machine_open", "Machine Open"]
            name = dice.choice(names) if kind.endswith("opened") else "Bot Click"
            properties = properties | {name: dice.choice([True, False, "True", "false"])}
        self._happen(kind, who, later, properties | self._of(person))

    def _of(self, person: str) -> dict[str, str]:
        provider = self.provider[person]
        return {"Inbox Provider": provider} if provider and self.dice.random() < 0.97 else {}

    def _shop(self, day: date) -> None:
        dice = self.dice
        for _ in range(self._often(day, dice.choice([0, 1, 3]))):
            self._buy("order", day, self._credit() if dice.random() < 0.5 else ())
        if dice.random() < 0.2:
            self._buy(dice.choice(["refund", "cancel", "order2"]), day, ())
        if dice.random() < 0.5:
            self._happen("viewed", dice.choice(self.people), day, {})

    def _credit(self) -> tuple[dict[str, str], ...]:
        """What Klaviyo credits an order to: a message, a flow, or a message and a flow."""
        known = list(self.brand.messages.values()) or [Message("gone", "campaign", "c", ("email",))]
        message = self.dice.choice(known)
        of_flow = {"flow_id": "flow", "flow_message_id": message.ident}
        credit = of_flow if message.kind == "flow" else {"campaign_message_id": message.ident}
        extra = {"flow_id": "flow"} if self.dice.random() < 0.1 else {}
        credit = {"flow_id": "flow"} if self.dice.random() < 0.05 else credit | extra
        return (credit | self._touch(),)

    def _touch(self) -> dict[str, str]:
        """The event that got the credit; now and then an unknown or a later one."""
        dice = self.others
        of_messages = [one for one in self.brand.truth[-600:] if "." in one.metric]
        truth = of_messages[-200:] or self.brand.truth
        if not truth or dice.random() < 0.05:
            return {"attributed_event_id": "never seen"} if dice.random() < 0.5 else {}
        return {"attributed_event_id": dice.choice(truth).ident}

    def _buy(self, metric: str, day: date, credit: tuple[dict[str, str], ...]) -> None:
        dice = self.dice
        value = Decimal(dice.randint(1, 20_000)) / 100
        currency: str | None = self.brand.currency(day)
        if dice.random() < self.foreign:
            currency = dice.choice(CURRENCIES)
        currency = dice.choice([currency, currency, (currency or "").lower(), None])
        signed = -value if metric == "refund" else value
        person = dice.choice(self.people)
        self._happen(metric, person, day, {}, value=signed, currency=currency, attributions=credit)

    def _consents(self, day: date) -> None:
        for kind in ("email.subscribed", "email.listed", "email.unlisted", "sms.subscribed"):
            late = kind != "email.subscribed" or day > FIRST + self.days // 3 * DAY
            for _ in range(self._often(day, 0.2) if late else 0):
                self._happen(kind, self.dice.choice(self.people), day, {})

    def _often(self, day: date, times: float) -> int:
        """How often something happens on a day that usually happens so many times."""
        return int(times * self.plot.sales((day - FIRST).days) + self.dice.random())

    def _moment(self, day: date) -> datetime:
        minutes = self.dice.randrange(24 * 60)
        local = datetime.combine(day, time()) + timedelta(minutes=minutes, seconds=7)
        return self.brand.utc(local)

    def _happen(
        self, kind: str, person: str, day: date, properties: dict[str, Any], **more: Any
    ) -> None:
        dice = self.dice
        known = [one for one in self.brand.metrics if one == kind or one.startswith(f"{kind}.")]
        at = self._moment(day)
        first, second = self.brand.until
        if not known or at >= second:
            return
        is_late = at >= first or (dice.random() < 0.04 and at > first - timedelta(days=12))
        turned = dice.random() < 0.02 and "Bot Click" in properties
        event = Event(
            f"e{len(self.brand.truth)}", dice.choice(known), at,
            person if dice.random() < 0.99 else "", properties,
            phase=2 if is_late else 1,
            is_counted_only=dice.random() < 0.002,
            is_gone=not is_late and dice.random() < 0.003,
            later={**properties, "Bot Click": "true"} if turned else None,
            **more,
        )  # fmt: skip
        self.brand.truth.append(event)
