"""The oracle: what the brands are known to have done, by the local day it was planned for.

Nothing here converts a time zone or asks the server. An event counts once its time has come:
what is dated later than the world's `until` is served, but not yet true.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.account import truth_credits, truth_reports
from sandbox.account.habits import members_now
from sandbox.account.library import tag_ids, template_id
from sandbox.account.usage import billing_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.account.account import Account
    from sandbox.account.event import Event
    from sandbox.account.library import Entry

_DAY = timedelta(days=1)
COUNTED = (
    "email_delivered", "email_opens", "email_clicks", "email_bounced", "email_spam_complaints",
    "email_unsubscribes", "sms_delivered", "sms_clicks", "subscribes",
)  # fmt: skip
UNIQUE = {"email_unique_opens": "email_opens", "email_unique_clicks": "email_clicks"}
MONEY = ("revenue", "refunds", "attributed_revenue", "campaign_revenue", "flow_revenue")


@dataclass
class _Day:
    """Tallies of one local day; money in cents."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    people: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    cents: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Truth:
    """Totals of the world's accounts as of now; after a change, they are counted again."""

    def __init__(self, accounts: dict[str, Account]) -> None:
        """Keep an eye on the accounts, by client."""
        self._accounts = accounts

    def daily_client_metrics(self, client: str) -> list[dict[str, Any]]:
        """One row per local day from the season's first to the last reached, zero days included.

        Returns:
            Rows with `client`, `account_id`, `currency`, `date_day` and the numbers of
            `analytics.daily_client_metrics`: counts as int, money as Decimal with two places
            in the account's currency.
        """
        account = self._accounts[client]
        days = self._by_role(account)
        return [_row(account, day, days[day]) for day in _days(account)]

    def attribution_quality(self, client: str) -> dict[tuple[date, str, str, str], dict[str, Any]]:
        """What attributed orders rest on: `orders`, and `revenue` in the account's currency.

        By local day of the order, channel of the message, 'campaign' or 'flow', and touch. A touch
        that has not happened, or has disappeared, is 'unknown'.
        """
        account = self._accounts[client]
        return truth_credits.attribution_quality(account)

    def totals(self, client: str) -> dict[date, dict[str, dict[str, Any]]]:
        """By local day and metric name: `count`, `unique` and `sum_value`, no zeros.

        Where two integrations use one name, the unmapped one's is followed by its
        integration in brackets: 'Placed Order [API]'. `sum_value` adds all currencies up, as
        Klaviyo does.
        """
        account = self._accounts[client]
        names = _names(account)
        days: dict[date, _Day] = defaultdict(_Day)
        for event in account.happened:
            _count(days[event.day], names[event.metric], event)
        return {
            day: {
                name: {
                    "count": tally.counts[name],
                    "unique": len(tally.people[name]),
                    "sum_value": _decimal(tally.cents[name]),
                }
                for name in tally.counts
            }
            for day, tally in sorted(days.items())
        }

    def filed(self, client: str) -> dict[str, dict[str, str]]:
        """What the account has filed by now: names by id, by the name of their stream.

        Streams: lists, segments, forms, tags, templates (by their subject), profiles (by their
        address) and campaign_audiences (by the name of their campaign).
        """
        account = self._accounts[client]
        kinds = {"lists": account.lists, "segments": account.segments, "forms": account.forms}
        return {
            **{kind: _names_of(account, entries) for kind, entries in kinds.items()},
            "tags": {ident: name for name, ident in tag_ids(account.brand, account.seed).items()},
            "templates": _templates(account),
            "profiles": {person.id: person.email for person in account.people},
            "campaign_audiences": {
                campaign.messages[0].audience_id: campaign.name for campaign in account.campaigns
            },
        }

    def campaign_values(
        self, client: str, first: date | None = None, last: date | None = None
    ) -> list[dict[str, Any]]:
        """Messages of campaigns sent on the local days first to last, both inclusive.

        Returns:
            A row per message and variation with `campaign_id`, `campaign_message_id`,
            `variation_id` ('' if there is one version only), `send_channel`, the local `date`
            of sending, and the statistics that can be counted; conversions are the orders that
            are credited to the message, `conversion_value` a Decimal in all currencies.
        """
        return truth_reports.campaign_values(self._accounts[client], first, last)

    def flow_series(self, client: str) -> list[dict[str, Any]]:
        """As `campaign_values`, per flow message and local day of sending; no days of zeros."""
        return truth_reports.flow_series(self._accounts[client])

    def form_series(self, client: str) -> list[dict[str, Any]]:
        """A row per version of a live form and local day since the season began: what was done."""
        return truth_reports.form_series(self._accounts[client])

    def segment_series(self, client: str) -> list[dict[str, Any]]:
        """A row per segment and local day, from the season's first: added, removed, total."""
        return truth_reports.segment_series(self._accounts[client])

    def list_sizes(self, client: str) -> dict[str, int]:
        """Members of each list that there is by now, by its id."""
        account = self._accounts[client]
        made = (one for one in account.lists.values() if one.created_at <= account.until)
        return {one.id: members_now(account, one) for one in made}

    def billing_usage(self, client: str) -> list[dict[str, Any]]:
        """Usage of the plan since the first of the month; see `usage.billing_usage`."""
        return billing_usage(self._accounts[client])

    @staticmethod
    def _by_role(account: Account) -> dict[date, _Day]:
        days: dict[date, _Day] = defaultdict(_Day)
        for event in account.happened:
            role = account.metrics[event.metric].role
            if role == "orders":
                _count_order(days[event.day], event, account.brand.currency)
            elif role:
                _count(days[event.day], role, event)
        return days


def _names_of(account: Account, entries: dict[str, Entry]) -> dict[str, str]:
    now = account.until
    return {one.id: one.name_at(now) for one in entries.values() if one.created_at <= now}


def _templates(account: Account) -> dict[str, str]:
    mails = (one for campaign in account.campaigns for one in campaign.messages)
    return {
        template_id(account.brand, variation.subject): variation.subject
        for message in mails
        if message.channel == "email"
        for variation in message.variations
    }


def _count(tally: _Day, name: str, event: Event) -> None:
    tally.counts[name] += 1
    tally.people[name].add(event.profile)
    tally.cents[name] += event.cents or 0


def _count_order(tally: _Day, event: Event, currency: str) -> None:
    tally.counts["orders"] += 1
    cents = event.cents or 0
    if event.properties.get("$value_currency") == currency:
        tally.cents["revenue"] += cents
    if event.attribution is not None:
        tally.counts["attributed_orders"] += 1
        tally.cents["attributed_revenue"] += cents
        tally.cents["flow_revenue" if event.attribution.flow_id else "campaign_revenue"] += cents


def _row(account: Account, day: date, tally: _Day) -> dict[str, Any]:
    counts = {name: tally.counts[name] for name in (*COUNTED, "orders", "attributed_orders")}
    uniques = {name: len(tally.people[role]) for name, role in UNIQUE.items()}
    sums = {name: _decimal(tally.cents[name]) for name in MONEY}
    return {
        "account_id": account.id,
        "client": account.brand.client,
        "date_day": day,
        "currency": account.brand.currency,
        **counts,
        **uniques,
        **sums,
    }


def _days(account: Account) -> Iterator[date]:
    day = account.first_day
    while day <= account.last_day:
        yield day
        day += _DAY


def _names(account: Account) -> dict[str, str]:
    names: dict[str, str] = {}
    for key, metric in account.metrics.items():
        taken = metric.name in names.values()
        names[key] = f"{metric.name} [{metric.integration.name}]" if taken else metric.name
    return names


def _decimal(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
