-- What a stage earns where it is live, over all clients: as a share of what the client sells, so that neither
-- currencies nor sizes matter.
with

live_stages as (
    select
        stage,
        share_of_sales as value
    from {{ ref('int_lifecycle_stages') }}
    where live_flows > 0
)

select
    stage,
    count(value)::int as clients,
    {{ quartile(0.5) }} as median_share
from live_stages
group by stage
