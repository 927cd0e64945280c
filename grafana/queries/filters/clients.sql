select
    coalesce(nullif(organization_name, '') || ' (' || client || ')', client) as __text,
    client as __value
from clients
union all
select
    'No client yet',
    ''
where not exists (select from clients)
order by __value
