with asked as (
    select
        $__timeFrom()::date as first_day,
        $__timeTo()::date as last_day,
        case ${compare:sqlstring} when 'year' then 364 else $__timeTo()::date - $__timeFrom()::date + 1 end as days
),

daily as (
    select
        d.*,
        date_day >= first_day as is_now,
        first_day - days as needs_day,
        last_day - first_day between 6 and days - 1 as is_comparable
    from asked inner join daily_client_metrics as d
        on date_day between first_day and last_day or date_day between first_day - days and last_day - days
    where client in (${client:sqlstring}) and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
),

sums as (
    select
        client,
        currency,
        min(needs_day) as needs_day,
        bool_and(is_comparable) as is_comparable,
        sum(attributed_revenue) filter (where is_now) as attributed,
        sum(attributed_revenue) filter (where not is_now) as before,
        (sum(attributed_revenue) filter (where revenue is not null and is_now))::numeric
        / nullif(sum(revenue) filter (where attributed_revenue is not null and is_now), 0) as share,
        (sum(attributed_revenue) filter (where (email_delivered + sms_delivered) is not null and is_now))::numeric
        / nullif(sum((email_delivered + sms_delivered)) filter (where attributed_revenue is not null and is_now), 0)
            as earned_each
    from daily
    group by client, currency
)

select
    client as "Client",
    sums.currency as "Currency",
    attributed as "Attributed revenue",
    coalesce(case
        when c.first_day <= needs_day and is_comparable
            then
                case
                    when round(100 * (attributed / nullif(before, 0) - 1), 1) = 0 then '0.0%'
                    when (attributed / nullif(before, 0) - 1) >= 9.995 then 'over +999%'
                    else to_char(100 * (attributed / nullif(before, 0) - 1), 'FMSG999,990.0') || '%'
                end
    end, 'n/a') as "Change",
    share as "Share of store",
    earned_each as "Per recipient",
    h.score as "Health",
    h.reason as "Reason"
from sums inner join clients as c using (client)
left join lateral (
    select
        score,
        reason
    from client_health
    where
        account_id = c.account_id
        and date_day <= $__timeTo()::date
    order by date_day desc
    limit 1
) as h on true
order by client
