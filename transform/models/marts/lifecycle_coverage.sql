{{ config(indexes=[{'columns': ['account_id', 'stage'], 'unique': true}]) }}

select
    stages.account_id,
    stages.client,
    stages.stage,
    stages.label,
    stages.position,
    case
        when stages.live_flows > 0 then 'live'
        when stages.flow_id is not null then 'not live'
        else 'missing'
    end as coverage,
    stages.flow_id,
    stages.flow_name,
    stages.flow_status,
    stages.live_flows::int as live_flows,
    stages.live_emails::int as live_emails,
    stages.live_texts::int as live_texts,
    stages.first_delay_hours::numeric(20, 4) as first_delay_hours,
    stages.triggers_28_days,
    stages.delivered_28_days::bigint as delivered_28_days,
    stages.currency,
    stages.revenue_28_days::numeric(20, 4) as revenue_28_days,
    stages.share_of_sales,
    coalesce(medians.clients, 0) as portfolio_clients,
    medians.median_share as portfolio_median_share,
    (medians.median_share * stages.sales_28_days)::numeric(20, 4) as expected_revenue
from {{ ref('int_lifecycle_stages') }} as stages
left join {{ ref('int_lifecycle_medians') }} as medians on stages.stage = medians.stage
