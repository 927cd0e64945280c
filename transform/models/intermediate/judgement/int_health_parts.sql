-- The five parts of a client's health on the last 28 days of email: 100 at the healthy bound or better, 50 at the
-- bound where it needs attention, 0 at twice that bound (at half of it where higher is better), and straight lines
-- between.
with

windows as (
    select * from {{ ref('int_window_rates') }}
    where
        channel = 'email' and window_days = 28 and days_known >= {{ var('health_minimum_days') }}
        and delivered >= {{ var('health_minimum_delivered') }}
),

parts as (
    select * from {{ ref('health_parts') }}
),

caps as (
    select * from {{ ref('health_caps') }}
),

rates as (
    select
        windows.account_id,
        windows.date_day,
        measured.part,
        measured.rate,
        measured.judged_rate
    from windows
    cross join lateral (
        values
        (
            'spam', windows.spam_complaint_rate,
            {{ wilson_lower_bound('windows.spam_complaint_rate', 'nullif(windows.deliveries, 0)') }}
        ),
        ('bounce', windows.bounce_rate, windows.bounce_rate),
        ('click', windows.human_click_rate, windows.human_click_rate),
        ('unsubscribe', windows.unsubscribe_rate, windows.unsubscribe_rate),
        ('open', windows.human_open_rate, windows.human_open_rate)
    ) as measured (part, rate, judged_rate)
),

scored as (
    select
        rates.*,
        parts.label,
        parts.weight,
        parts.healthy,
        parts.is_higher_better,
        (select min(caps.cap) from caps where caps.part = rates.part and rates.judged_rate >= caps.from_rate) as cap,
        case
            when (rates.judged_rate - parts.attention) * sign(parts.healthy - parts.attention) >= 0
                then 100 - 50 * (parts.healthy - rates.judged_rate) / (parts.healthy - parts.attention)
            when parts.is_higher_better then 50 * (rates.judged_rate / parts.attention * 2 - 1)
            else 50 * (2 - rates.judged_rate / parts.attention)
        end as score
    from rates
    inner join parts on rates.part = parts.part
)

select
    account_id,
    date_day,
    part,
    rate,
    label,
    weight,
    healthy,
    is_higher_better,
    cap,
    case when score is not null then greatest(0, least(100, score)) end::numeric(5, 1) as score
from scored
