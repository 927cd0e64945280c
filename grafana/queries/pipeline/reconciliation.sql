select
    client as "Client",
    replace(comparison, '_', ' ') as "Comparison",
    count(*) filter (where status = 'ok') as "Equal",
    count(*) filter (where status in ('within_tolerance', 'adds_up')) as "Within",
    count(*) filter (where status = 'out_of_tolerance') as "Out",
    count(*) filter (where status in ('unsettled', 'explained')) as "Not judged",
    max(abs(relative_difference)) filter (where is_settled) as "Largest"
from reconciliation
where client in (${client:sqlstring}) and $__timeFilter(date_day)
group by client, comparison
order by 5 desc, client, comparison
