{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['account_id', 'date_day', 'metric', 'seen_at'], 'unique': true}]
) }}

{%- set counted = client_counts() | map(attribute=0) | reject('in', ['email_subscribes', 'sms_subscribes']) | list + [
    'subscribes', 'orders', 'revenue', 'refunds', 'attributed_orders', 'attributed_revenue', 'campaign_revenue',
    'flow_revenue'
] %}

-- Every value that a day has ever had: a new row when it is not the one before. This cannot be computed again, so a
-- full refresh leaves it as it is.
with

values_now as (
    select
        days.account_id,
        days.date_day,
        listed.metric,
        listed.value
    from {{ ref('int_client_days') }} as days
    cross join lateral (
        values
        {%- for column in counted %}
            ('{{ column }}', days.{{ column }}::numeric(20, 4)){{ ',' if not loop.last }}
        {%- endfor %}
    ) as listed (metric, value)
),

reads as (
    select
        account_id,
        max(read_at) as seen_at
    from {{ ref('stg_klaviyo__metric_aggregate_reads') }}
    group by account_id
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

seen as (
    select
        values_now.account_id,
        values_now.date_day,
        values_now.metric,
        values_now.value,
        reads.seen_at < {{ local_day_start('values_now.date_day + 1', 'accounts.timezone') }} as was_filling,
        reads.seen_at
    from values_now
    inner join reads on values_now.account_id = reads.account_id
    inner join accounts on values_now.account_id = accounts.account_id
),

last_seen as (
    {%- if is_incremental() %}
        select distinct on (account_id, date_day, metric) *
        from {{ this }}
        order by account_id asc, date_day asc, metric asc, seen_at desc
    {%- else %}
        select * from seen where false
    {%- endif %}
)

select seen.*
from seen
left join last_seen using (account_id, date_day, metric)
where
    last_seen.seen_at is null
    or (
        seen.value is distinct from last_seen.value
        and seen.seen_at > last_seen.seen_at
        -- Half a day that was not read to its end is not known; that is no news of it.
        and (seen.value is not null or not last_seen.was_filling)
    )
