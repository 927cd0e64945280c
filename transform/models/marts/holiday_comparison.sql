{{ config(indexes=[{'columns': ['account_id', 'event', 'first_day', 'day_offset'], 'unique': true}]) }}

{%- set counts = ['orders', 'attributed_orders', 'email_delivered', 'sms_delivered', 'subscribes'] %}
{%- set amounts = ['revenue', 'attributed_revenue'] %}
{#- Days before and after an event that belong to the comparison. #}
{%- set around = 7 %}
-- A day is paired with the one as far from the first day of last year's event, whatever its date. Of a day that is not
-- over, half of the numbers would be compared with whole ones.
with

events as (
    select * from {{ ref('int_calendar_events') }}
),

days as (
    select * from {{ ref('int_client_days') }} where is_over
)

select
    events.account_id,
    events.client,
    events.event,
    events.first_day,
    events.last_day,
    (now.date_day - events.first_day)::int as day_offset,
    now.date_day,
    now.date_day between events.first_day and events.last_day as is_event_day,
    events.year_ago_first_day + (now.date_day - events.first_day) as year_ago_day,
    now.currency,
    {%- for column in amounts %}
        now.{{ column }},
        case when now.currency = last_year.currency then last_year.{{ column }} end::numeric(20, 4)
            as year_ago_{{ column }},
    {%- endfor %}
    {%- for column in counts %}
        now.{{ column }},
        last_year.{{ column }} as year_ago_{{ column }},
    {%- endfor %}
    now.is_settled
from events
inner join days as now
    on
        events.account_id = now.account_id
        and now.date_day between events.first_day - {{ around }} and events.last_day + {{ around }}
left join days as last_year
    on
        events.account_id = last_year.account_id
        and events.year_ago_first_day + (now.date_day - events.first_day) = last_year.date_day
