select
    replace(kpi, '_', ' ') as "KPI",
    weighted_value as "Weighted",
    median_value as "Median client",
    lower_quartile as "Lower quartile",
    upper_quartile as "Upper quartile",
    best_client as "Best",
    worst_client as "Worst"
from portfolio_daily
where
    date_day = (select max(date_day) from portfolio_daily where date_day <= $__timeTo()::date)
    and unit = 'ratio'
order by kpi
