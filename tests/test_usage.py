"""The use of Klaviyo's plan, and what SMS cost, against what the brands have done."""

from collections import Counter
from decimal import Decimal

import pytest

from tests.conftest import CLIENTS

CENTS_A_SEGMENT = 2
SPENT = """
    select message_id, sum(send_sms_segments) as segments, sum(send_sms_credits) as credits,
        sum(send_sms_spend) as spend
    from (
        select client, message_id, send_sms_segments, send_sms_credits, send_sms_spend
        from analytics.campaign_metrics
        union all
        select client, message_id, send_sms_segments, send_sms_credits, send_sms_spend
        from analytics.flow_metrics
    ) as texts
    where client = %(client)s and send_sms_segments > 0
    group by message_id
"""


@pytest.mark.parametrize("client", CLIENTS)
def test_usage_is_what_the_brands_have_used(ask, world, client):
    rows = ask("select * from analytics.daily_usage where client = %(client)s", client)
    here = {
        row["usage_type"]: (row["unit"], row["used"], row["plan_maximum"], row["period_end"])
        for row in rows
    }
    assert len(here) == len(rows)
    assert here == {
        row["id"]: (
            row["unit"], row["usage_used"], row["usage_max"],
            row["period_end"].replace(tzinfo=None),
        )
        for row in world.truth.billing_usage(client)
    }  # fmt: skip
    assert all(row["share_used"] == round(row["used"] / row["plan_maximum"], 6) for row in rows)


@pytest.mark.parametrize("client", CLIENTS)
def test_sms_cost_what_was_sent(ask, world, client):
    segments: Counter[str] = Counter()
    for event in world.accounts[client].happened:
        if event.metric == "sms_received":
            segments[event.properties["$message"]] += event.properties.get("Segment Count", 1)
    assert segments
    rows = ask(SPENT, client)
    here = {row["message_id"]: (row["segments"], row["credits"], row["spend"]) for row in rows}
    assert here == {
        message: (count, count, Decimal(count * CENTS_A_SEGMENT) / 100)
        for message, count in segments.items()
    }
