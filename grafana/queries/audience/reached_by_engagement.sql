select
    ($__timeFrom()::date + (date_day - $__timeFrom()::date) / 7 * 7)::timestamp as "time",
    sum(people) filter (where tier = 'under_30_days') as "Under 30 days",
    sum(people) filter (where tier = '30_to_89_days') as "30 to 89 days",
    sum(people) filter (where tier = '90_to_179_days') as "90 to 179 days",
    sum(people) filter (where tier = '180_days_or_more') as "180 days or more",
    sum(people) filter (where tier = 'never') as "Never"
from daily_engagement_tiers
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    and channel = 'email'
group by 1
order by 1
