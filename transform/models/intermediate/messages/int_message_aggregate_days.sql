{{ config(pre_hook=hash_joins()) }}

-- What people did with each message, by day: Klaviyo's own counts by message, on the day of the event. Metrics of one
-- action add up, but not their people.
with

metrics as (
    select * from {{ ref('int_metrics') }} where action is not null
),

aggregates as (
    select
        *,
        dimensions ->> '$message' as message_id
    from {{ ref('int_metric_aggregates') }}
    where breakdown = '$message' and bucket = 'day'
)

select
    account_id,
    aggregates.message_id,
    aggregates.date_day,
{%- for column, action in message_counts() %}
    {%- if column.startswith('unique') %}
        case
            when count(*) filter (where metrics.action = '{{ action }}') <= 1
                then coalesce(max(aggregates.unique_profiles) filter (where metrics.action = '{{ action }}'), 0)
        end as {{ column }}
    {%- else %}
        coalesce(sum(aggregates.event_count) filter (where metrics.action = '{{ action }}'), 0) as {{ column }}
    {%- endif %}
    {{- ',' if not loop.last }}
{%- endfor %}
from aggregates
inner join metrics using (account_id, metric_id)
where aggregates.message_id <> '' and aggregates.event_count <> 0
group by account_id, aggregates.message_id, aggregates.date_day
