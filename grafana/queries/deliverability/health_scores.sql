select distinct on (client)
    client as "Client",
    score as "Score",
    band as "Band",
    to_char(score - score_7_days_ago, 'FMSG990') as "7-day change",
    spam_score as "Spam",
    bounce_score as "Bounces",
    click_score as "Clicks",
    unsubscribe_score as "Unsubscribes",
    open_score as "Opens",
    reason as "Reason"
from client_health
where client in (${client:sqlstring}) and date_day <= $__timeTo()::date
order by client, date_day desc
