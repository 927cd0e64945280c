select
    replace(kpi, '_', ' ') as __text,
    kpi as __value
from portfolio_daily where unit = 'ratio'
group by kpi
order by kpi = 'click_rate' desc, kpi
