{{ config(indexes=[{'columns': ['account_id', 'date_day', 'channel', 'kpi', 'direction'], 'unique': true}]) }}

with

changes as (
    select
        found.*,
        clients.last_whole_day
    from {{ ref('int_kpi_changes') }} as found
    inner join {{ ref('int_clients') }} as clients using (account_id)
    where found.date_day >= clients.last_day - {{ var('anomaly_days') }}
),

kpis as (
    select * from {{ ref('kpis') }}
),

days as (
    select * from {{ ref('int_account_days') }}
),

worths as (
    select * from {{ ref('int_window_rates') }} where window_days = 28
),

-- What a thing too many or too few is worth: by what the client's last 28 days brought for each of its kind.
valued as (
    select
        account_id,
        date_day,
        channel,
        kpi,
        changes.kind,
        changes.window_days,
        changes.is_above,
        changes.is_good,
        changes.score,
        changes.relative_change,
        changes.size,
        changes.weeks_compared,
        changes.onset,
        changes.last_unusual_day,
        changes.last_unusual_day + {{ var('anomaly_quiet_days') }} >= changes.last_whole_day as is_open,
        kpis.label,
        kpis.unit,
        changes.actual / case when kpis.unit = 'ratio' then changes.base else 1 end as value,
        changes.expected / case when kpis.unit = 'ratio' then changes.base else 1 end as expected,
        abs(changes.difference) * case
            when kpis.worth = 'money' then 1
            when kpis.worth = 'order' then worths.revenue / nullif(worths.orders, 0)
            when kpis.worth = 'message' then worths.revenue_per_recipient
            when kpis.worth = 'click' then worths.attributed_revenue / nullif(worths.clicked_deliveries, 0)
            when kpis.worth = 'person' then worths.attributed_revenue / nullif(worths.recipients, 0)
        end as value_at_stake
    from changes
    inner join kpis using (kpi)
    left join worths using (account_id, date_day, channel)
)

select
    account_id,
    days.client,
    date_day,
    valued.channel,
    valued.kpi,
    valued.unit,
    valued.kind,
    valued.window_days,
    valued.value::numeric(20, 6) as actual,
    valued.expected::numeric(20, 6) as expected,
    (valued.value - valued.expected)::numeric(20, 6) as difference,
    valued.relative_change::numeric(12, 6) as relative_change,
    valued.score::numeric(12, 3) as score,
    case when valued.is_above then 'above' else 'below' end as direction,
    valued.is_good,
    valued.weeks_compared::int as weeks_compared,
    valued.onset,
    case when not valued.is_open then valued.last_unusual_day end as ended_on,
    valued.is_open,
    valued.size::numeric(12, 6) as size,
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
