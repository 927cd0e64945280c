select score as "score" from client_health
where client in (${client:sqlstring}) and date_day <= $__timeTo()::date
order by date_day desc
limit 1
