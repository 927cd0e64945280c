"""Recomputes `rolling_client_metrics`: the 7, 28 and 90 days up to each day."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.recomputed import daily, seeds
from tests.recomputed.brand import DAY
from tests.recomputed.deliveries import COLUMNS, is_machine
from tests.recomputed.lines import line
from tests.recomputed.numbers import money, rate, total

if TYPE_CHECKING:
    from datetime import date

    from tests.recomputed.things import Things

LENGTHS = (7, 28, 90)
SENT = ("delivered", False)
SUMS = {
    "delivered": "delivered", "opens": "opened", "clicks": "clicked", "bot_clicks": "clicked",
    "bounced": "bounced", "spam_complaints": "marked", "unsubscribes": "unsubscribed",
    "subscribes": "subscribed",
}  # fmt: skip
COUNTS = (*SUMS, "orders", "attributed_orders")
AMOUNTS = ("revenue", "attributed_revenue", "campaign_revenue", "flow_revenue")
PEOPLE = {
    "recipients": ("delivered", False), "openers": ("opened", False),
    "human_openers": ("opened", True), "clickers": ("clicked", False),
    "human_clickers": ("clicked", True), "buyers": ("ordered", False),
}  # fmt: skip
COMPARED = (
    "delivered", "open_rate", "click_rate", "bounce_rate", "spam_complaint_rate",
    "unsubscribe_rate", "orders", "revenue", "attributed_revenue",
)  # fmt: skip
Row = dict[str, Any]


class Windows:
    """The windows of a brand, by channel, length and last day."""

    def __init__(self, things: Things) -> None:
        """Add up its days."""
        self.things, self.facts = things, things.facts
        self.days: dict[str, dict[date, Row]] = defaultdict(dict)
        for row in daily.channels(things):
            if row["channel"] != "unknown":
                self.days[row["channel"]][row["date_day"]] = row
        for row in daily.clients(things):
            self.days["all"][row["date_day"]] = row | self._all_channels(row)
        self._active = self._people_by_day()
        self._answered = self._answers_by_day()
        self.rows = {
            (channel, length, day): self._window(channel, length, day)
            for channel, days in self.days.items()
            for length in LENGTHS
            for day in days
        }
        for key, row in self.rows.items():
            self._compare(key, row)

    def _all_channels(self, client: Row) -> Row:
        rows = [days[client["date_day"]] for one, days in self.days.items()
                if one != "all" and client["date_day"] in days]  # fmt: skip
        found: Row = {}
        for column, action in SUMS.items():
            able = [
                row for row in rows
                if row[column] is not None or action in seeds.actions_known()[row["channel"]]
            ]  # fmt: skip
            found[column] = total(row[column] for row in able) if rows else None
            if not able:
                found[column] = None
        return found | {"is_whole": client["is_whole"] and all(row["is_whole"] for row in rows)}

    def _people_by_day(self) -> dict[tuple[str, str, bool], dict[date, set[str]]]:
        found: dict[tuple[str, str, bool], dict[date, set[str]]]
        found = defaultdict(lambda: defaultdict(set))
        for event in self.things.brand.events:
            action, channel = self._kind(event.metric)
            if not event.person or not action:
                continue
            day = self.things.brand.day(event.at)
            for one in ("all", channel):
                for is_human in (False, True):
                    if one and not (is_human and is_machine(event)):
                        found[one, action, is_human][day].add(event.person)
        return found

    def _kind(self, metric: str) -> tuple[str | None, str | None]:
        if self.facts.role_of.get(metric) == "revenue":
            return "ordered", None
        if metric not in self.facts.role_of or not self.facts.channel_of(metric):
            return None, None
        return self.facts.action_of(metric), self.facts.channel_of(metric)

    def _window(self, channel: str, length: int, day: date) -> Row:
        days = [day - number * DAY for number in range(length)]
        rows = [self.days[channel][one] for one in days if one in self.days[channel]]
        whole = [row for row in rows if row["is_whole"]]
        found: Row = {
            "date_day": day, "channel": channel, "window_days": length,
            "client": self.things.brand.client, "currency": rows[0]["currency"],
            "days_known": len(whole), "is_complete": len(whole) == length,
            "is_settled": rows[0]["is_settled"],
        }  # fmt: skip
        for column in COUNTS:
            found[column] = total(row.get(column) for row in whole) if whole else None
        one_currency = len({row["currency"] for row in rows}) == 1
        for column in AMOUNTS:
            value = total(row.get(column) for row in whole) if whole and one_currency else None
            found[column] = money(value)
        has_events = all(map(self.facts.is_events_day, (row["date_day"] for row in rows)))
        found |= self._people(channel, days, is_known=has_events and len(rows) == length)
        found |= self._answers(channel, day, length, is_known=has_events)
        found |= self._reasons(found, channel, has_events=has_events, one_currency=one_currency)
        return found | _rates(found) | line(found, whole)

    def _people(self, channel: str, days: list[date], *, is_known: bool) -> Row:
        is_known = is_known and self.facts.is_over(days[0])
        found: Row = {}
        for column, (action, is_human) in PEOPLE.items():
            by_day = self._active.get((channel, action, is_human), {})
            people = set().union(*(by_day.get(one, set()) for one in days))
            is_told = is_known and self._can_tell(channel, action)
            found[f"unique_{column}"] = len(people) if is_told else None
        return found

    def _can_tell(self, channel: str, action: str) -> bool:
        if action == "ordered":
            return channel == "all"
        known = seeds.actions_known().get(channel)
        is_missing = self.things.deliveries.is_unknown(_any(channel), action)
        return (known is None or action in known) and not is_missing

    def _answers(self, channel: str, day: date, length: int, *, is_known: bool) -> Row:
        days = [day - number * DAY for number in range(length)]
        found: Row = {}
        for column, kind in COLUMNS.items():
            is_told = is_known and self._can_tell(channel, kind[0])
            is_told = is_told and not (channel == "all" and kind[0] in ("opened", "marked"))
            answered = (self._answered.get((channel, kind, one), ()) for one in days)
            found[column] = sum(bisect_right(ones, day) for ones in answered) if is_told else None
        for column, action in (("clickable", "clicked"), ("unsubscribable", "unsubscribed")):
            able = [
                one for one in self._channels_in(channel) if action in seeds.actions_known()[one]
            ]
            is_told = is_known and self._can_tell(channel, "delivered")
            sent = [self._answered.get((one, SENT, on), ()) for one in able for on in days]
            found[f"{column}_deliveries"] = sum(map(len, sent)) if is_told else None
        return found

    def _channels_in(self, channel: str) -> list[str]:
        known = [one for one in seeds.actions_known() if one not in ("mixed", "unknown")]
        return [one for one in known if channel in ("all", one)]

    def _answers_by_day(self) -> dict[tuple[str, tuple[str, bool], date], list[date]]:
        """By channel, kind and day of the delivery: the days of the first answers, in order."""
        found: dict[tuple[str, tuple[str, bool], date], list[date]] = defaultdict(list)
        for day, ones in self.things.deliveries.by_day.items():
            for one in ones:
                for kind, answered in one.answered.items():
                    found[one.channel, kind, day].append(answered)
                    found["all", kind, day].append(answered)
        return {key: sorted(days) for key, days in found.items()}

    def _reasons(self, row: Row, channel: str, *, has_events: bool, one_currency: bool) -> Row:
        actions = {action for action, _ in COLUMNS.values()}
        is_missing = any(
            self.things.deliveries.is_unknown(_any(channel), action) for action in actions
        )
        of_rates = None
        if not has_events:
            of_rates = "Single events are not loaded for all days of the window."
        elif is_missing:
            of_rates = "A metric that would tell is missing, see role_coverage."
        elif row["deliveries"] == 0:
            of_rates = "Nothing was delivered within the window."
        of_money = None
        if not one_currency:
            of_money = "The account changed its currency within the window."
        elif row["attributed_revenue"] is None or (channel == "all" and row["revenue"] is None):
            of_money = "An amount is not known on a day of the window."
        return {"rate_reason": of_rates, "money_reason": of_money}

    def _compare(self, key: tuple[str, int, date], row: Row) -> None:
        channel, length, day = key
        for name, days in (("previous", length), ("year_ago", 364)):
            other = self.rows.get((channel, length, day - days * DAY))
            if not other or not other["is_complete"]:
                other = dict.fromkeys((*COMPARED, "currency"))
            is_same = other["currency"] == row["currency"]
            for column in COMPARED:
                is_told = "revenue" not in column or is_same
                row[f"{name}_{column}"] = other[column] if is_told else None


def _any(channel: str) -> str:
    return "mixed" if channel == "all" else channel


def _rates(row: Row) -> Row:
    sent = total([row["delivered"], row["bounced"]])
    share = {
        "open": ("opened", ""), "human_open": ("human_opened", ""), "click": ("clicked", "click"),
        "human_click": ("human_clicked", "click"), "spam_complaint": ("complained", ""),
        "unsubscribe": ("unsubscribed", "unsubscrib"),
    }  # fmt: skip
    return {
        "bounce_rate": rate(row["bounced"], sent),
        **{
            f"{name}_rate": rate(
                row[f"{part}_deliveries"], row[f"{of}able_deliveries" if of else "deliveries"]
            )
            for name, (part, of) in share.items()
        },
        "click_to_open_rate": rate(row["clicked_deliveries"], row["opened_deliveries"]),
        "revenue_per_recipient": rate(row["attributed_revenue"], row["delivered"]),
        "attributed_share": rate(row["attributed_revenue"], row["revenue"]),
        "flow_share": rate(row["flow_revenue"], row["attributed_revenue"]),
    }
