with sent as (
    select
        account_id,
        flow_id,
        sum(delivered) as delivered
    from flow_metrics
    where
        client in (${client:sqlstring})
        and $__timeFilter(date_day)
        and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
        and flow_status = 'live'
    group by account_id, flow_id
)

select
    case
        when
            exists (
                select
                from daily_client_metrics
                where
                    client in (${client:sqlstring})
                    and $__timeFilter(date_day)
                    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
                    and not is_missing
            )
            then count(*) filter (where coalesce(delivered, 0) = 0)
    end as "flows"
from (
    select distinct
        account_id,
        flow_id
    from messages
    where client in (${client:sqlstring}) and message_kind = 'flow' and status = 'live'
) as live
left join sent using (account_id, flow_id)
