"""The queries of a report: of one account, and nothing else. `facts.py` says what they are for."""

from __future__ import annotations


def _all_of(column: str, which: str) -> str:
    """SQL for a sum that is unknown if one of its values is, and 0 without any row."""
    rows = f"filter (where {which})"
    return (
        f"case when count({column}) {rows} = count(*) {rows} "
        f"then coalesce(sum({column}) {rows}, 0) end"
    )


ACCOUNT = """
select account_id, client, organization_name, currency, locale, last_settled_day, last_whole_day
from clients where client = %(client)s
"""
FACTS = """
select * from report_facts
where account_id = %(account_id)s and period = %(period)s and period_start = %(start)s
order by rank
"""
HISTORY = """
select period_start, kpi, currency, value from report_facts
where
    account_id = %(account_id)s and period = %(period)s
    and period_start <= %(start)s and period_start >= %(first)s
    and kpi in ('campaign_revenue', 'flow_revenue', 'subscribes', 'email_unsubscribes')
order by period_start
"""
DAYS = """
select date_day, revenue, attributed_revenue from daily_client_metrics
where account_id = %(account_id)s and date_day between %(start)s and %(end)s
order by date_day
"""
CAMPAIGNS = """
select
    campaign_name, subject, channel, sent_day, currency, delivered, human_click_rate,
    attributed_revenue, revenue_per_recipient
from campaign_metrics
where account_id = %(account_id)s and sent_day between %(start)s and %(end)s
order by attributed_revenue desc nulls last, sent_at, message_id
"""
FLOWS = """
select
    flow_id,
    max(flow_name) as flow_name,
    max(flow_status) as flow_status,
    case when count(distinct currency) = 1 then max(currency) end as currency,
    {emails} as emails,
    {sms} as sms,
    {before} as previous_delivered,
    case when count(distinct currency) = 1 then {revenue} end as revenue,
    case when count(distinct currency) = 1 then {previous} end as previous
from (
    select *, date_day >= %(start)s as is_now from flow_metrics
    where account_id = %(account_id)s and date_day between %(previous_start)s and %(end)s
) as days
group by flow_id
order by revenue desc nulls last, flow_id
""".format(
    emails=_all_of("delivered", "is_now and channel = 'email'"),
    sms=_all_of("delivered", "is_now and channel = 'sms'"),
    before=_all_of("delivered", "not is_now"),
    revenue=_all_of("attributed_revenue", "is_now"),
    previous=_all_of("attributed_revenue", "not is_now"),
)
TOUCHES = """
select touch, sum(orders) as orders, sum(revenue) as revenue from attribution_quality
where account_id = %(account_id)s and date_day between %(start)s and %(end)s
group by touch
having count(revenue) = count(*) and count(distinct currency) = 1
order by revenue desc, touch
"""
PROVIDERS = """
select
    inbox_provider,
    sum(delivered) as delivered,
    sum(bounced)::numeric / nullif(sum(delivered) + sum(bounced), 0) as bounce_rate,
    case when count(deliveries) = count(*)
        then sum(complained_deliveries)::numeric / nullif(sum(deliveries), 0) end as complaint_rate
from daily_deliverability
where account_id = %(account_id)s and date_day between %(start)s and %(end)s
group by inbox_provider
having sum(delivered) > 0 and count(delivered) = count(*) and count(bounced) = count(*)
order by delivered desc, inbox_provider
"""
HEALTH = """
select score, band from client_health
where account_id = %(account_id)s and date_day = %(end)s and score is not null
"""
ANOMALIES = """
select distinct on (channel, kpi)
    channel, kpi, unit, currency, actual, expected, onset
from metric_anomalies
where
    account_id = %(account_id)s and date_day between %(start)s and %(end)s and not is_good
    and (ended_on is null or ended_on >= %(start)s)
order by channel, kpi, value_at_stake desc nulls last, date_day desc
"""
