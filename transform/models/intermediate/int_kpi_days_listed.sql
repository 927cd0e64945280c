{{ config(indexes=[{'columns': ['account_id', 'channel', 'kpi', 'window_days', 'date_day']}]) }}

-- Every KPI as a row of its own: numerator, denominator (null where it is a plain count or amount), and `trials`, the
-- number of things that chance decided about, which says how much of a change may be chance.
with

windows as (
    select * from {{ ref('int_rolling_rates_divided') }}
    where window_days in (7, 28) and is_complete
),

days as (
    select * from {{ ref('int_channel_days_combined') }} where channel = 'all' and not is_missing
),

listed as (
    select
        windows.account_id,
        windows.date_day,
        windows.channel,
        windows.window_days,
        measured.kpi,
        measured.numerator,
        measured.denominator,
        measured.trials,
        measured.scope
    from windows
    cross join
        lateral (
            values
            ('delivered', windows.delivered, null, windows.delivered, 'channel'),
            ('open_rate', windows.open_rate * windows.delivered, windows.delivered, windows.delivered, 'channel'),
            ('click_rate', windows.click_rate * windows.delivered, windows.delivered, windows.delivered, 'channel'),
            (
                'bounce_rate',
                windows.bounced,
                windows.delivered + windows.bounced,
                windows.delivered + windows.bounced,
                'channel'
            ),
            ('spam_complaint_rate', windows.spam_complaints, windows.delivered, windows.delivered, 'channel'),
            ('unsubscribe_rate', windows.unsubscribes, windows.delivered, windows.delivered, 'channel'),
            ('bot_click_share', windows.bot_clicks, windows.clicks, windows.clicks, 'channel'),
            (
                'revenue_per_recipient', windows.attributed_revenue, windows.delivered, windows.attributed_orders,
                'channel'
            ),
            ('subscribes', windows.subscribes, null, windows.subscribes, 'client'),
            ('orders', windows.orders, null, windows.orders, 'client'),
            ('revenue', windows.revenue, null, windows.orders, 'client'),
            ('attributed_revenue', windows.attributed_revenue, null, windows.attributed_orders, 'client'),
            ('attributed_share', windows.attributed_revenue, windows.revenue, windows.orders, 'client')
        ) as measured (kpi, numerator, denominator, trials, scope)
    where (measured.scope = 'client') = (windows.channel = 'all')

    union all

    select
        days.account_id,
        days.date_day,
        days.channel,
        1 as window_days,
        measured.kpi,
        measured.numerator,
        null as denominator,
        days.orders as trials,
        'client' as scope
    from days
    cross join lateral (
        values ('orders', days.orders), ('revenue', days.revenue)
    ) as measured (kpi, numerator)
),

final as (
    select
        *,
        case when denominator is null then numerator else numerator / nullif(denominator, 0) end as value
    from listed
    where numerator is not null
)

select * from final
