with cells as (
    select
        client,
        stage,
        case
            when coverage <> 'live' then coverage
            when live_emails + live_texts = 0 then 'live'
            else concat_ws(
                ', ',
                case when live_emails > 0 then 'email ' || live_emails end,
                case when live_texts > 0 then 'SMS ' || live_texts end
            )
        end as cell
    from lifecycle_coverage
    where client in (${client:sqlstring})
)

select
    client as "Client",
    max(cell) filter (where stage = 'welcome') as "Welcome",
    max(cell) filter (where stage = 'abandoned_checkout') as "Checkout",
    max(cell) filter (where stage = 'browse') as "Browse",
    max(cell) filter (where stage = 'post_purchase') as "Post-purchase",
    max(cell) filter (where stage = 'win_back') as "Win-back",
    max(cell) filter (where stage = 'sunset') as "Sunset",
    max(cell) filter (where stage = 'review') as "Review",
    max(cell) filter (where stage = 'replenishment') as "Replenishment",
    max(cell) filter (where stage = 'birthday') as "Birthday"
from cells
group by client
order by client
