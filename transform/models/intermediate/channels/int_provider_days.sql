-- What mailbox providers did with emails, by day: Klaviyo's own counts by provider, on the day of the event.
{%- set counts = [('delivered', 'delivered'), ('bounced', 'bounced'), ('spam_complaints', 'marked')] %}
with

metrics as (
    select * from {{ ref('int_metrics') }} where channel = 'email'
),

aggregates as (
    select
        *,
        coalesce(nullif(dimensions ->> 'Inbox Provider', ''), '(unknown)') as inbox_provider
    from {{ ref('int_metric_aggregates') }}
    where breakdown = 'Inbox Provider' and bucket = 'day' and event_count <> 0
),

channels as (
    select * from {{ ref('int_channel_actions') }} where channel = 'email'
),

unread as (
    select * from {{ ref('int_unread_actions') }} where breakdown = 'Inbox Provider' and channel = 'email'
),

counted as (
    select
        account_id,
        aggregates.date_day,
        aggregates.inbox_provider,
    {%- for column, action in counts %}
        coalesce(sum(aggregates.event_count) filter (where metrics.action = '{{ action }}'), 0) as {{ column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from aggregates
    inner join metrics using (account_id, metric_id)
    group by account_id, aggregates.date_day, aggregates.inbox_provider
)

select
    account_id,
    date_day,
    counted.inbox_provider,
{%- for column, action in counts %}
    {{ known_count('counted', column, action) }} as {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
from counted
cross join channels
left join unread using (account_id, date_day)
