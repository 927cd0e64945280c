{{ config(pre_hook=hash_joins()) }}

-- How often a flow was started. Klaviyo's aggregates do not tell who joined which list: of a list, it is how many
-- agreed to emails, on any list. Segments, dates and stocks leave no count at all.
with

definitions as (
    select * from {{ ref('stg_klaviyo__flow_definitions') }}
),

metrics as (
    select * from {{ ref('int_metrics') }}
),

counted as (
    select
        days_read.account_id,
        days_read.metric_id,
        days_read.date_day,
        coalesce(aggregates.event_count, 0) as event_count
    from {{ ref('int_known_metric_days') }} as days_read
    left join {{ ref('int_metric_aggregates') }} as aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
            and aggregates.breakdown = 'total'
            and aggregates.bucket = 'day'
    where days_read.breakdown = 'total' and days_read.bucket = 'day'
)

select
    definitions.account_id,
    definitions.flow_id,
    counted.date_day,
    counted.event_count as triggers,
    case when metrics.role in ({{ shop_roles() }}) then counted.event_count else 0 end as of_shop
from definitions
inner join metrics
    on definitions.account_id = metrics.account_id and definitions.trigger_id = metrics.metric_id
inner join counted
    on metrics.account_id = counted.account_id and metrics.metric_id = counted.metric_id
where definitions.trigger_kind = 'metric'

union all

select
    definitions.account_id,
    definitions.flow_id,
    role_days.date_day,
    role_days.event_count as triggers,
    role_days.event_count as of_shop
from definitions
inner join {{ ref('int_role_days') }} as role_days on definitions.account_id = role_days.account_id
where
    definitions.trigger_kind = 'list'
    and role_days.role = 'email_subscribed'
    and role_days.event_count is not null
