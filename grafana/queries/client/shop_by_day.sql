select
    date_day::timestamp as "time",
    products_viewed as "Products viewed",
    carts as "Carts",
    checkouts as "Checkouts",
    orders as "Orders"
from store_funnel
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
order by 1
