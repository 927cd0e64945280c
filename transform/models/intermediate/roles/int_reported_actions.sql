-- What Klaviyo's own reports say that messages did, per channel and action: they need no name of a metric. Of messages
-- sent on days of which the aggregates were read too, so that one can be held against the other.
{%- set counts = measures() | selectattr('report') | selectattr('is_additive') | list %}
with

days as (
    select
        account_id,
        min(date_day) as first_day,
        max(date_day) as last_day
    from {{ ref('int_account_days') }}
    group by account_id
),

campaign_values as (
    select * from {{ ref('stg_klaviyo__campaign_values') }}
),

messages as (
    select * from {{ ref('stg_klaviyo__campaign_messages') }}
),

flow_series as (
    select * from {{ ref('stg_klaviyo__flow_series') }}
),

reports as (
    select
        account_id,
        campaign_values.channel,
        messages.sent_at::date as sent_day,
        {{ counts | map(attribute='column') | join(', ') }},
        campaign_values.failed
    from campaign_values
    inner join messages using (account_id, message_id)
    union all
    select
        account_id,
        channel,
        sent_day,
        {{ counts | map(attribute='column') | join(', ') }},
        failed
    from flow_series
)

select
    account_id,
    reports.channel,
    actions.action,
    sum(actions.reported_count) as reported_count
from reports
inner join days using (account_id)
cross join
    lateral (
        values
        {%- for measure in counts if measure.action != 'bounced' %}
            ('{{ measure.action }}', reports.{{ measure.column }}),
        {%- endfor %}
        ('bounced', case when reports.channel = 'email' then reports.bounced else reports.failed end)
    ) as actions (action, reported_count)
-- A day of margin at both ends: a report may name a day by UTC, and what was just sent is not yet counted everywhere.
where reports.sent_day > days.first_day and reports.sent_day < days.last_day and actions.reported_count > 0
group by account_id, reports.channel, actions.action
