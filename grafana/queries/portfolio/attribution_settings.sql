select
    client as "Client",
    channel as "Channel",
    replace(touch, '_', ' ') as "Touch",
    case when is_credited then 'yes' when not is_credited then 'no' else 'too few orders' end as "Credited",
    window_hours as "Hours",
    orders as "Orders",
    changed_on as "Since",
    change || coalesce(', before: ' || earlier_window_hours || ' h', '') as "Change"
from attribution_settings
where client in (${client:sqlstring})
order by changed_on desc nulls last, client, channel, orders desc
