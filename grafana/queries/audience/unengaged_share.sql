select (sum(people) filter (where tier in ('180_days_or_more', 'never')))::numeric / nullif(sum(people), 0) as "share"
from daily_engagement_tiers
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
    and channel = 'email'
