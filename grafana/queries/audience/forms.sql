select
    client as "Client",
    coalesce(form_name, form_id) as "Form",
    form_version_id as "Version",
    sum(viewed) as "Viewed",
    sum(submitted) as "Submitted",
    sum(submitted)::numeric / nullif(sum(viewed), 0) as "Submit rate"
from daily_form_metrics
where
    client in (${client:sqlstring})
    and $__timeFilter(date_day)
    and (is_over or $__timeTo()::date >= (now() at time zone 'UTC')::date)
group by client, form_id, form_name, form_version_id
order by client, sum(viewed) desc, form_version_id
