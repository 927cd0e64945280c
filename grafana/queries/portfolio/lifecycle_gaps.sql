select
    client as "Client",
    label as "Stage",
    coverage as "Coverage",
    flow_name as "Flow",
    live_emails as "Emails",
    live_texts as "SMS",
    first_delay_hours as "First after, h",
    triggers_28_days as "Triggers",
    currency as "Currency",
    revenue_28_days as "Revenue",
    expected_revenue as "Expected"
from lifecycle_coverage
where client in (${client:sqlstring})
order by expected_revenue - revenue_28_days desc nulls last, client, position
