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
{%- for measure in message_counts() %}
    {%- set of_action = "filter (where metrics.action = '" ~ measure.action ~ "')" %}
    {%- if measure.is_additive %}
        coalesce(sum(aggregates.event_count) {{ of_action }}, 0) as {{ measure.column }}
    {%- else %}
        case when count(*) {{ of_action }} <= 1 then coalesce(max(aggregates.unique_profiles) {{ of_action }}, 0) end
            as {{ measure.column }}
    {%- endif %}
    {{- ',' if not loop.last }}
{%- endfor %}
from aggregates
inner join metrics using (account_id, metric_id)
where aggregates.message_id <> '' and aggregates.event_count <> 0
group by account_id, aggregates.message_id, aggregates.date_day
