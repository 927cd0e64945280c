{{ config(materialized='view') }}

-- The days that were read of every series that a report adds up: a metric's total, or a breakdown. `feeds` says whose
-- numbers rest on it: the client's (`all`), or a channel's. A day whose answer lacks the count, or the amount of
-- something that is counted in money, is as good as not read.
with

metrics as (
    select * from {{ ref('int_metrics') }} where role <> 'not_counted'
),

days_read as (
    select * from {{ ref('int_known_metric_days') }} where bucket = 'day'
),

counted as (
    select * from {{ ref('int_metric_days') }}
)

select
    account_id,
    audiences.feeds,
    metric_id,
    days_read.breakdown,
    date_day,
    days_read.is_whole
from days_read
inner join metrics using (account_id, metric_id)
cross join
    lateral (
        values
        (
            'all', metrics.role in ('revenue', 'refund', {{ client_roles() }})
            and days_read.breakdown in ('total', '$value_currency', '$attributed_message,$attributed_flow')
        ),
        (
            metrics.channel, metrics.action is not null
            and days_read.breakdown in ('total', case when metrics.action = 'clicked' then 'Bot Click' end)
        )
    ) as audiences (feeds, is_fed)
left join counted using (account_id, metric_id, date_day)
where audiences.is_fed and (days_read.breakdown <> 'total' or counted.is_known is not false)
