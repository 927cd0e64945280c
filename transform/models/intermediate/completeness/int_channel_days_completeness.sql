-- Which days of a channel lack something: what the client's numbers lack, or a series of the channel's own that Klaviyo
-- has answered on another day.
with

days_read as (
    select * from {{ ref('int_series_days') }} where feeds <> 'all'
),

expected as (
    select
        account_id,
        feeds as channel,
        count(distinct concat_ws(':', metric_id, breakdown)) as series_count
    from days_read
    group by account_id, feeds
),

present as (
    select
        account_id,
        feeds as channel,
        date_day,
        count(*) as series_count,
        count(*) filter (where is_whole) as whole_series_count
    from days_read
    group by account_id, feeds, date_day
)

select
    account_id,
    date_day,
    channel,
    days.is_missing or coalesce(present.series_count, 0) < expected.series_count as is_missing,
    days.is_whole and coalesce(present.whole_series_count, 0) >= expected.series_count as is_whole
from {{ ref('int_account_days_completeness') }} as days
inner join expected using (account_id)
left join present using (account_id, date_day, channel)
