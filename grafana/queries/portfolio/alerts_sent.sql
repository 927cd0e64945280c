select case
    when
        exists (
            select
            from daily_client_metrics
            where
                client in (${client:sqlstring})
                and date_day between $__timeTo()::date - 6 and $__timeTo()::date
                and not is_missing
        )
        then
            (
                select count(*)
                from metric_anomalies
                where
                    client in (${client:sqlstring})
                    and date_day between $__timeTo()::date - 6 and $__timeTo()::date
                    and is_alert
            )
end as "alerts"
