select
    date_day::timestamp as "time",
    weighted_value as "Weighted average",
    median_value as "Median client",
    lower_quartile as "Lower quartile",
    upper_quartile as "Upper quartile"
from portfolio_daily
where kpi = ${kpi:sqlstring} and $__timeFilter(date_day)
order by 1
