with found as (
    select
        date_day,
        account_id,
        client,
        replace(kpi, '_', ' ') as what,
        value_at_stake,
        reason
    from metric_anomalies
    where
        client in (${client:sqlstring}) and date_day <= $__timeTo()::date
        and coalesce(ended_on, $__timeTo()::date) >= $__timeTo()::date - 6 and not is_good
    union all
    select
        date_day,
        account_id,
        client,
        'email health ' || score,
        (
            select r.attributed_revenue
            from rolling_client_metrics as r
            where
                r.channel = 'all'
                and r.window_days = 28
                and (r.account_id, r.date_day) = (h.account_id, h.date_day)
        ),
        reason
    from client_health as h
    where
        client in (${client:sqlstring}) and score < 75 and date_day = (
            select max(l.date_day) from client_health as l
            where l.account_id = h.account_id and l.date_day <= $__timeTo()::date
        )
    union all
    select
        current_date,
        account_id,
        client,
        'data ' || status,
        null,
        string_agg(stream, ', ' order by stream)
    from data_freshness
    where client in (${client:sqlstring}) and status <> 'fresh' and last_status not in ('partial', 'skipped')
    group by account_id, client, status
)

select
    f.date_day as "Day",
    f.client as "Client",
    f.what as "Finding",
    f.value_at_stake as "At stake",
    d.currency as "Currency",
    f.reason as "Reason"
from found as f left join lateral (
    select
        currency,
        reporting_rate
    from daily_client_metrics as m
    where m.account_id = f.account_id and m.date_day <= f.date_day
    order by m.date_day desc
    limit 1
) as d on true
order by f.value_at_stake * d.reporting_rate desc nulls last, f.date_day desc
limit 50
