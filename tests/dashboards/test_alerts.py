"""Every alert rule on the loaded database: quiet when all is well, loud over planted trouble."""

from datetime import datetime, timedelta, timezone

import pytest

from grafana.checks.frames import alert_misfits
from grafana.checks.project import rules
from grafana.semantics import TimeRange

RULES = {rule["uid"]: rule for rule in rules()}
COMPARED = {"gt": lambda value, bound: value > bound, "gte": lambda value, bound: value >= bound}
# What each rule is there to see, done to acme.
PLANTED = {
    "spam-complaints": """
        update analytics.rolling_client_metrics set delivered = 5000, spam_complaint_rate = 0.001
        where client = 'acme' and window_days = 7 and channel = 'email'""",
    "bounces": """
        update analytics.rolling_client_metrics set delivered = 5000, bounce_rate = 0.021
        where client = 'acme' and window_days = 7 and channel = 'email'""",
    "reconciliation": """
        update analytics.reconciliation set status = 'out_of_tolerance'
        where client = 'acme' and date_day > current_date - 12""",
    "missing-metrics": """
        update analytics.role_coverage set status = 'missing'
        where client = 'acme' and role = 'email_delivered'""",
    "anomaly": """
        insert into analytics.metric_anomalies (account_id, client, date_day, channel, kpi,
            direction, score, is_alert, is_good)
        select account_id, client, current_date - 1, 'email', 'click_rate', 'below', -6, true, false
        from analytics.clients where client = 'acme'""",
    "attribution-settings": """
        update analytics.attribution_settings
        set changed_on = current_date - 3, change = 'no longer credited'
        where client = 'acme' and touch = 'machine_open' """,
    "plan-usage": """
        update analytics.daily_usage set projected_share = 1.2, crosses_on = current_date + 3
        where client = 'acme' and usage_type = 'email_sends' """,
    "flow-trigger-silent": """
        update analytics.flow_health set verdict = 'trigger_silent', since_day = current_date - 3,
            reason = 'No Checkout Started since then.'
        where client = 'acme' and stage = 'abandoned_checkout' """,
    "flow-silent": """
        update analytics.flow_health set verdict = 'flow_silent', since_day = current_date - 3,
            reason = 'Its status is manual.'
        where client = 'acme' and stage = 'abandoned_checkout' """,
    "stale-data": """
        drop view analytics.data_freshness cascade;
        create view analytics.data_freshness as select * from (
            values ('acme', 'events', 'late', 'ok'), ('nord', 'events', 'fresh', 'ok'),
            ('koala', 'billing_usage', 'never', 'skipped')
        ) as planted (client, stream, status, last_status)""",
    "failed-account": """
        drop view analytics.data_freshness cascade;
        create view analytics.data_freshness as select * from (
            values ('acme', 'events', 'failing', 'failed'), ('nord', 'events', 'fresh', 'ok'),
            ('koala', 'events', 'failing', 'partial')
        ) as planted (client, stream, status, last_status)""",
}


def _firing(warehouse, rule):
    """Labels of the rows that would alert."""
    ask, compare = rule["data"]
    now = datetime.now(timezone.utc)
    reach = timedelta(seconds=ask["relativeTimeRange"]["from"])
    frame = warehouse.source.ask(ask["model"]["rawSql"], TimeRange(now - reach, now))
    assert alert_misfits(frame) == []
    (evaluator,) = (c["evaluator"] for c in compare["model"]["conditions"])
    rows = [dict(zip((f.name for f in frame.fields), values, strict=True))
            for values in zip(*(f.values for f in frame.fields), strict=True)]  # fmt: skip
    number = next((f.name for f in frame.fields if f.kind == "number"), "")
    is_over, (bound,) = COMPARED[evaluator["type"]], evaluator["params"]
    return [row["client"] for row in rows if is_over(row[number], bound)]


@pytest.mark.parametrize("uid", RULES)
def test_nothing_alerts_over_a_good_run(warehouse, uid):
    assert _firing(warehouse, RULES[uid]) == []


@pytest.mark.parametrize("uid", RULES)
def test_a_rule_sees_what_it_is_there_to_see(planted, uid):
    assert _firing(planted(uid), RULES[uid]) == ["acme"]


@pytest.fixture
def planted(copied):
    def plant(uid):
        warehouse = copied(f"planted_{uid}")
        warehouse.change(PLANTED[uid])
        warehouse.change("grant select on all tables in schema analytics to grafana_reader")
        return warehouse

    return plant
