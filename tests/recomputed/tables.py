"""Every public table of several brands, recomputed and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.recomputed import audience, catalog, client_reports, daily, tiers, trust
from tests.recomputed.anomalies import anomalies
from tests.recomputed.campaigns import Campaigns
from tests.recomputed.compare import Comparison
from tests.recomputed.coverage import coverage
from tests.recomputed.credits import Credits
from tests.recomputed.flows import Flows
from tests.recomputed.health import health_of, portfolio
from tests.recomputed.lifecycle import lifecycle
from tests.recomputed.messages import Messages
from tests.recomputed.settings import settings
from tests.recomputed.things import Things
from tests.recomputed.usage import usage
from tests.recomputed.windows import Windows

if TYPE_CHECKING:
    from tests.recomputed.brand import Brand

# When something was built, which no document can say.
LEFT_OUT = {"rolling_client_metrics": ["changed_at"]}
AUDIENCE = ("audience_kind", "audience_id", "date_day")
FORM = ("form_id", "form_version_id", "date_day")
COMPARED = ("comparison", "role", "measure", "date_day")
AUDIT = {"unmapped_metrics": "analytics_audit"}


def compare(database: Any, brands: list[Brand], before: list[Brand]) -> Comparison:
    """Hold the tables against the brands; `before` are these after their first reading."""
    found, all_windows, flows = Comparison(), [], []
    for brand, was in zip(brands, before, strict=True):
        things = Things(brand)
        windows = Windows(things)
        all_windows.append(windows)
        flows.append(Flows(Messages(things)))
        for name, key, rows in _tables(things, windows, Things(was)):
            found.table(
                database, name, rows, key, account=brand.account,
                schema=AUDIT.get(name, "analytics"), left_out=LEFT_OUT.get(name, []),
            )  # fmt: skip
    for one in flows:
        rows = lifecycle(one, flows)
        account = one.brand.account
        found.table(database, "flow_health", one.rows(), ("flow_id",), account=account)
        found.table(database, "lifecycle_coverage", rows, ("stage",), account=account)
    key = ("date_day", "kpi")
    table = database.rows("select * from analytics.portfolio_daily")
    built, expected = (
        {tuple(row[one] for one in key): row for row in rows}
        for rows in (table, portfolio(all_windows))
    )
    found.rows("all portfolio_daily", built, expected)
    return found


def _tables(things: Things, windows: Windows, before: Things) -> list[Any]:
    messages = Messages(things)
    roles = [row | {"client": things.brand.client} for row in coverage(things.facts)]
    return [
        ("clients", ("client",), catalog.clients(things)),
        ("messages", ("message_id",), catalog.messages(things)),
        ("metrics", ("metric_id",), catalog.metrics(things)),
        ("unmapped_metrics", ("metric_id",), catalog.unmapped(things)),
        ("pipeline_runs", ("run_id", "stream"), catalog.runs(things)),
        ("data_freshness", ("stream",), catalog.freshness(things)),
        ("role_coverage", ("role",), roles),
        ("daily_client_metrics", ("date_day",), daily.clients(things)),
        ("daily_channel_metrics", ("date_day", "channel"), daily.channels(things)),
        ("daily_deliverability", ("date_day", "inbox_provider"), daily.deliverability(things)),
        ("daily_message_metrics", ("message_id", "date_day"), messages.days.values()),
        ("flow_metrics", ("message_id", "date_day"), messages.flows()),
        ("campaign_metrics", ("message_id",), Campaigns(messages).rows()),
        *_people(messages),
        *_credited(Credits(things)),
        ("report_facts", ("period", "period_start", "kpi"), client_reports.facts(things)),
        ("daily_usage", ("date_day", "usage_type"), usage(things.brand)),
        *_judged(windows),
        ("reconciliation", COMPARED, trust.reconciliation(things, messages)),
        ("restatements", ("metric", "date_day"), trust.restatements(before, things)),
    ]  # fmt: skip


def _people(messages: Messages) -> list[Any]:
    things = messages.things
    return [
        ("store_funnel", ("date_day",), daily.funnel(things)),
        ("daily_audience_metrics", AUDIENCE, audience.members(things)),
        ("daily_engagement_tiers", ("date_day", "channel", "tier"), tiers.tiers(things)),
        ("daily_form_metrics", FORM, audience.forms(things)),
        ("tag_metrics", ("tag_id", "channel", "date_day"), audience.tags(messages)),
    ]


def _credited(known: Credits) -> list[Any]:
    parent = ("message_kind", "parent_id", "channel")
    quality = ("date_day", "channel", "message_kind", "touch")
    return [
        ("attribution_quality", quality, known.quality()),
        ("attribution_ladder", ("date_day", "window_days"), known.ladder()),
        ("attribution_delays", parent, known.delays()),
        ("attribution_settings", ("channel", "touch"), settings(known)),
    ]


def _judged(windows: Windows) -> list[Any]:
    change = ("date_day", "channel", "kpi", "direction")
    return [
        ("rolling_client_metrics", ("channel", "window_days", "date_day"), windows.rows.values()),
        ("client_health", ("date_day",), health_of(windows).values()),
        ("metric_anomalies", change, anomalies(windows)),
    ]
