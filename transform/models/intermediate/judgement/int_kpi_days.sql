{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    indexes=[
        {'columns': ['account_id', 'date_day', 'channel', 'kpi', 'window_days'], 'unique': true}
    ]
) }}

-- Every KPI as a row of its own: numerator, denominator (null where it is a plain count or amount), `trials`, the
-- number of things that chance decided about, and `sends`, the messages that it hangs on without being a share of them.
with

changes as (
    {{ windows_changed_since_last_build() }}
),

windows as (
    select * from ({{ rows_since_change(ref('int_window_rates')) }}) as rates
    where window_days in (7, 28) and is_complete
),

days as (
    select * from ({{ rows_since_change(ref('int_window_days')) }}) as combined
    where channel = 'all' and is_whole
),

listed as (
    select
        windows.account_id,
        windows.date_day,
        windows.channel,
        windows.window_days,
        windows.currency,
        null::numeric as sends,
        windows.newest_change as changed_at,
        measured.*
    from windows
    cross join
        lateral (
            values
            ('delivered', windows.delivered, null, windows.delivered),
            ('open_rate', windows.opened_deliveries, windows.deliveries, windows.deliveries),
            (
                'click_rate', windows.clicked_deliveries, windows.clickable_deliveries,
                windows.clickable_deliveries
            ),
            ('bounce_rate', windows.bounced, windows.delivered + windows.bounced, windows.delivered + windows.bounced),
            ('spam_complaint_rate', windows.complained_deliveries, windows.deliveries, windows.deliveries),
            (
                'unsubscribe_rate', windows.unsubscribed_deliveries, windows.unsubscribable_deliveries,
                windows.unsubscribable_deliveries
            ),
            ('bot_click_share', windows.bot_clicks, windows.clicks, windows.clicks),
            ('revenue_per_recipient', windows.attributed_revenue, windows.delivered, windows.attributed_orders),
            ('subscribes', windows.subscribes, null, windows.subscribes),
            ('orders', windows.orders, null, windows.orders),
            ('revenue', windows.revenue, null, windows.orders),
            ('attributed_revenue', windows.attributed_revenue, null, windows.attributed_orders),
            ('attributed_share', windows.attributed_revenue, windows.revenue, windows.orders)
        ) as measured (kpi, numerator, denominator, trials)

    union all

    select
        days.account_id,
        days.date_day,
        days.channel,
        1 as window_days,
        days.currency,
        measured.sends,
        days.newest_change as changed_at,
        measured.kpi,
        measured.numerator,
        null as denominator,
        measured.trials
    from days
    cross join
        lateral (
            values
            ('orders', days.orders, days.orders, null),
            ('revenue', days.revenue, days.orders, null),
            ('attributed_revenue', days.attributed_revenue, days.attributed_orders, days.delivered),
            ('subscribes', days.subscribes, days.subscribes, null)
        ) as measured (kpi, numerator, trials, sends)
)

-- A client's KPI is one of all channels together, a channel's is one of each of them. Over 28 days clients are
-- compared; over its own days, each KPI with its usual value. A rate without a known denominator is left out.
select
    listed.*,
    case when listed.denominator is null then listed.numerator else listed.numerator / nullif(listed.denominator, 0) end
        as value
from listed
inner join {{ ref('kpis') }} as kpis
    on
        listed.kpi = kpis.kpi
        and (kpis.scope = 'client') = (listed.channel = 'all')
        and listed.window_days in (28, kpis.window_days)
where listed.numerator is not null and (kpis.unit <> 'ratio' or listed.denominator is not null)
