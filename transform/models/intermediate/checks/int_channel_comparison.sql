-- The channels against the client: sums of parts that Klaviyo counted one by one.
with

client_days as (
    select * from {{ ref('int_client_days') }}
),

channel_days as (
    select
        account_id,
        date_day,
        sum(attributed_revenue) as attributed_revenue,
        bool_and(attributed_revenue is not null) as is_known
    from {{ ref('int_channel_days') }}
    group by account_id, date_day
)

select
    account_id,
    date_day,
    'channels_against_client' as comparison,
    'attributed_revenue' as role,
    'value' as measure,
    client_days.attributed_revenue as reference_value,
    channel_days.attributed_revenue as compared_value
from client_days
inner join channel_days using (account_id, date_day)
where channel_days.is_known and client_days.attributed_revenue is not null
