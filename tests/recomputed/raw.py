"""Writes brands into the raw tables, as the loader would have left them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

from tests.invented import TABLES, insert
from tests.recomputed.audience import TABLES as AUDIENCE
from tests.recomputed.audience import Audience
from tests.recomputed.usage import readings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.recomputed.brand import Brand, Message
    from tests.recomputed.reading import Reader

REPORTED = (
    "recipients", "delivered", "opens", "opens_unique", "clicks", "clicks_unique", "bounced",
    "failed", "unsubscribe_uniques", "spam_complaints", "conversions", "conversion_value",
    "message_segment_count_sum", "text_message_credit_usage_amount", "text_message_spend",
    "text_message_roi",
)  # fmt: skip
GROWING = ("events", "metric_aggregates", "metric_aggregate_reads")
MORE_TABLES = """
    alter table tap_klaviyo.events add primary key (account_id, id);
    create table tap_klaviyo.campaign_values (
        account_id text, campaign_message_id text, variation_id text, send_channel text,
        conversion_metric_id text, window_start timestamp, window_end timestamp, read_at timestamp,
        {reported}
    );
    create table tap_klaviyo.flow_series (
        account_id text, flow_message_id text, send_channel text, conversion_metric_id text,
        date date, read_at timestamp, {reported}
    );
    create table tap_klaviyo.billing_usage (
        account_id text, id text, date date, unit text, usage_used numeric, usage_max bigint,
        period_start timestamp, period_end timestamp, as_of timestamp
    );
""".format(reported=", ".join(f"{column} numeric" for column in REPORTED))


def make_tables(dsn: str) -> None:
    """Make the raw tables."""
    with psycopg.connect(dsn) as connection:
        connection.execute((TABLES + MORE_TABLES + AUDIENCE).encode())


def write(dsn: str, readers: Iterable[Reader], phase: int) -> None:
    """Put what has been read up to a phase into the raw tables, in the place of what was there."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "select tablename::text from pg_tables where schemaname = 'tap_klaviyo'"
        ).fetchall()
        for (table,) in tables:
            connection.execute(f"truncate tap_klaviyo.{table}".encode())
        for reader in readers:
            for table in GROWING:
                insert(connection, table, list(reader.rows[table].values()))
            for table, rows in _small_tables(reader.brand, phase).items():
                insert(connection, table, rows)


def _small_tables(brand: Brand, phase: int) -> dict[str, list[dict[str, Any]]]:
    return {
        **_account(brand, phase),
        **_messages(brand),
        "sync_log": _log(brand),
        "campaign_values": brand.campaign_reports,
        "flow_series": brand.flow_reports,
        "billing_usage": readings(brand, phase),
        **Audience(brand).raw,
    }


def _account(brand: Brand, phase: int) -> dict[str, list[dict[str, Any]]]:
    key = {"account_id": brand.account}
    loaded = {"_sdc_batched_at": brand.until[phase - 1]}
    currency = brand.currencies[0 if phase == 1 else -1][1]
    return {
        "accounts": [{
            **key, "client": brand.client, "organization_name": f"{brand.account} Inc.",
            "timezone": brand.zone, "preferred_currency": currency, "locale": "en-US",
            "industry": "Retail", "test_account": None, **loaded,
        }],
        "metrics": [
            {
                **key, "id": ident, "name": known.name, "integration_key": known.key,
                "integration_name": known.key.title(), "created": brand.until[0],
                "updated": brand.until[0], **loaded,
            }
            for ident, known in brand.metrics.items()
        ],
        "mapped_metrics": [{**key, "id": one, "metric_id": to} for one, to in brand.mapped.items()],
    }  # fmt: skip


def _messages(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    key = {"account_id": brand.account}
    campaigns = [one for one in brand.messages.values() if one.kind == "campaign"]
    flows = [one for one in brand.messages.values() if one.kind == "flow"]
    return {
        "campaigns": [
            {**_tagged(brand, one.parent), "name": one.parent.upper(), "archived": False}
            for one in campaigns
        ],
        "campaign_messages": [
            {
                **key, "id": one.ident, "campaign_id": one.parent, "name": f"News {one.ident}",
                "status": one.status.title(), "send_time": one.sent_at,
            }
            for one in campaigns
        ],
        "campaign_variations": [
            {
                **key, "id": f"{one.ident}-{channel}", "campaign_message_id": one.ident,
                "channel": channel, "subject": _subject(one, channel),
            }
            for one in campaigns
            for channel in one.channels
        ],
        **_flow(brand),
        "flow_messages": [
            {
                **key, "id": one.ident, "flow_id": "flow", "name": f"News {one.ident}",
                "channel": one.channels[0], "subject": _subject(one, one.channels[0]),
            }
            for one in flows
        ],
    }  # fmt: skip


def _flow(brand: Brand) -> dict[str, list[dict[str, Any]]]:
    plan = brand.flow_plan
    same = {"account_id": brand.account, "id": "flow", "updated": plan.changed}
    definition = {
        **same, "trigger_kind": plan.kind, "trigger_id": plan.trigger, "trigger": {},
        "profile_filter": {"condition_groups": []} if plan.has_filter else None,
        "steps": [
            {"id": f"s{number}", "type": "send-email", "status": status, "message_id": "f-email",
             "after_hours": 1 + 2 * number}
            for number, status in enumerate(plan.statuses)
        ],
    }  # fmt: skip
    return {
        "flows": [
            {**same, **_tagged(brand, "flow"), "name": "Flow", "status": plan.status.title()}
        ],
        "flow_definitions": [definition] if plan.kind else [],
    }


def _tagged(brand: Brand, ident: str) -> dict[str, Any]:
    tags = Audience(brand).tags_of.get(ident)
    return {"account_id": brand.account, "id": ident, "tag_ids": tags}


def _subject(message: Message, channel: str) -> str | None:
    return f"Hello of {message.ident}" if channel == "email" else None


def _log(brand: Brand) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run.run_id, "account_id": brand.account, "stream": run.stream,
            "client": brand.client, "status": run.status, "error": run.error, "records": 7,
            "requests": 3, "retries": 1, "throttled_seconds": 2.5, "started_at": run.started_at,
            "finished_at": run.finished_at, "window_start": run.span[0] if run.span else None,
            "window_end": run.span[1] if run.span else None, "_sdc_batched_at": run.finished_at,
            "shard": run.shard,
        }
        for run in brand.runs
    ]  # fmt: skip
