-- An event of the client's own goes before that of its country, and that before an event of all. The one before is of
-- the same name and about a year earlier.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

events as (
    select distinct on (accounts.account_id, calendar.event, calendar.first_day)
        accounts.account_id,
        accounts.client,
        calendar.event,
        calendar.first_day,
        calendar.last_day
    from accounts
    inner join {{ ref('calendar') }} as calendar
        on
            accounts.client = coalesce(calendar.client, accounts.client)
            and (calendar.country is null or accounts.country = calendar.country)
    order by
        accounts.account_id, calendar.event, calendar.first_day,
        calendar.client nulls last, calendar.country nulls last
)

select
    events.*,
    max(before.first_day) as year_ago_first_day
from events
left join events as before
    on
        events.account_id = before.account_id
        and events.event = before.event
        and before.first_day between events.first_day - 400 and events.first_day - 300
group by 1, 2, 3, 4, 5
