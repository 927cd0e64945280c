-- The sums of attribution_ladder, of each day alone, and whether all of its events are loaded.
with

days as (
    select * from {{ ref('int_account_days') }}
),

credits as (
    select
        account_id,
        date_day,
    {%- for rung, condition in ladder_rungs() %}
        count(*) filter (where {{ condition }}) as {{ rung }}_orders,
        coalesce(sum(own_amount) filter (where {{ condition }}), 0) as {{ rung }}_revenue{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_credits') }}
    group by account_id, date_day
)

select
    account_id,
    days.client,
    date_day,
    days.currency,
    days.is_settled,
    days.is_over and event_days.has_events as is_known,
{%- for rung, _ in ladder_rungs() %}
    coalesce(credits.{{ rung }}_orders, 0) as {{ rung }}_orders,
    coalesce(credits.{{ rung }}_revenue, 0) as {{ rung }}_revenue{{ ',' if not loop.last }}
{%- endfor %}
from days
inner join {{ ref('int_event_days_completeness') }} as event_days using (account_id, date_day)
left join credits using (account_id, date_day)
