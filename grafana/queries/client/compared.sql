with latest as (
    select distinct on (channel) * from rolling_client_metrics
    where client in (${client:sqlstring}) and window_days = 28 and is_complete and date_day <= $__timeTo()::date
    order by channel, date_day desc
),

listed as (
    select
        latest.channel,
        measured.place,
        measured.name,
        measured.is_rate,
        measured.now,
        case ${compare:sqlstring} when 'year' then measured.year_ago else measured.previous end as before
    from latest cross join lateral (
        values
        (1, 'delivered', false, delivered::numeric, previous_delivered, year_ago_delivered),
        (2, 'open rate', true, open_rate, previous_open_rate, year_ago_open_rate),
        (3, 'click rate', true, click_rate, previous_click_rate, year_ago_click_rate),
        (4, 'bounce rate', true, bounce_rate, previous_bounce_rate, year_ago_bounce_rate),
        (5, 'unsubscribe rate', true, unsubscribe_rate, previous_unsubscribe_rate, year_ago_unsubscribe_rate),
        (6, 'spam rate', true, spam_complaint_rate, previous_spam_complaint_rate, year_ago_spam_complaint_rate),
        (7, 'attributed revenue', false, attributed_revenue, previous_attributed_revenue, year_ago_attributed_revenue),
        (8, 'store revenue', false, revenue, previous_revenue, year_ago_revenue),
        (9, 'orders', false, orders, previous_orders, year_ago_orders)
    ) as measured (place, name, is_rate, now, previous, year_ago)
)

select
    channel as "Channel",
    name as "KPI",
    case when is_rate then to_char(100 * now, 'FM990.00') || '%' else to_char(now, 'FM999,999,999,990') end
        as "28 days",
    coalesce(
        case
            when is_rate then to_char(100 * before, 'FM990.00') || '%' else to_char(before, 'FM999,999,999,990')
        end,
        'n/a'
    ) as "Before",
    coalesce(
        case when is_rate then to_char(100 * (now - before), 'FMSG990.00') || ' pts' end,
        case
            when round(100 * (now / nullif(before, 0) - 1), 1) = 0 then '0.0%'
            when (now / nullif(before, 0) - 1) >= 9.995 then 'over +999%'
            else to_char(100 * (now / nullif(before, 0) - 1), 'FMSG999,990.0') || '%'
        end,
        'n/a'
    ) as "Change"
from listed
where now is not null
order by channel <> 'all', channel, place
