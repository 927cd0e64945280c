{{ config(indexes=[{'columns': ['account_id', 'date_day', 'channel', 'kpi'], 'unique': true}]) }}

with

-- Of the last days, but for the very last, which is not over yet.
compared as (
    select compared.*
    from {{ ref('int_kpi_days_compared') }} as compared
    inner join {{ ref('clients') }} as clients using (account_id)
    where
        compared.date_day < clients.last_day
        and compared.date_day >= clients.last_day - {{ var('anomaly_days') }}
),

kpis as (
    select * from {{ ref('kpis') }}
),

days as (
    select * from {{ ref('int_account_days_spined') }}
),

worths as (
    select * from {{ ref('int_rolling_rates_divided') }} where window_days = 28
),

-- Far beyond what is usual; or not there at all, where there is always something: a shop that went silent.
out_of_line as (
    select
        compared.*,
        kpis.label,
        kpis.unit,
        kpis.worth,
        (compared.difference > 0) = kpis.is_higher_better as is_good
    from compared
    inner join kpis on compared.kpi = kpis.kpi
    where
        (abs(compared.score) >= {{ var('anomaly_score') }} or {{ is_silence('compared', 'kpis') }})
        and abs(compared.difference) >= {{ var('anomaly_change') }} * abs(compared.expected)
        and abs(compared.difference) * coalesce(compared.denominator, 1) >= kpis.min_change
        and compared.weeks_compared >= kpis.min_weeks
),

-- What a thing too many or too few is worth: by what the client's last 28 days brought for each of its kind.
valued as (
    select
        out_of_line.*,
        abs(out_of_line.difference) * coalesce(out_of_line.denominator, 1) * case out_of_line.worth
            when 'money' then 1
            when 'order' then worths.revenue / nullif(worths.orders, 0)
            when 'message' then worths.revenue_per_recipient
            when 'click' then worths.attributed_revenue / nullif(worths.clicked_deliveries, 0)
            when 'person' then worths.attributed_revenue / nullif(worths.recipients, 0)
        end as value_at_stake
    from out_of_line
    left join worths using (account_id, date_day, channel)
)

select
    account_id,
    days.client,
    date_day,
    valued.channel,
    valued.kpi,
    valued.unit,
    valued.window_days,
    valued.value::numeric(20, 6) as actual,
    valued.expected::numeric(20, 6) as expected,
    valued.difference::numeric(20, 6) as difference,
    {{ rate('valued.difference', 'abs(valued.expected)') }} as relative_change,
    valued.score::numeric(12, 3) as score,
    case when valued.difference > 0 then 'above' else 'below' end as direction,
    valued.is_good,
    valued.weeks_compared::int as weeks_compared,
    days.currency,
    valued.value_at_stake::numeric(20, 4) as value_at_stake,
    {{ anomaly_reason() }} as reason,
    not valued.is_good and row_number() over (
        partition by account_id, date_day, valued.is_good
        order by valued.value_at_stake desc nulls last, abs(valued.score) desc, valued.channel asc, valued.kpi asc
    ) = 1 as is_alert,
    days.is_settled
from valued
inner join days using (account_id, date_day)
