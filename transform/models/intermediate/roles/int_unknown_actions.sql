-- What nobody can know of a channel because the metric is missing that would tell, neither from aggregates nor from
-- single events. What one channel does not know, all of them together do not.
select
    roles.account_id,
    listed.channel,
    array_agg(distinct roles.action) as actions
from {{ ref('int_role_status') }} as roles
cross join lateral (values (roles.channel), ('mixed'), ('unknown'), ('all')) as listed (channel)
where roles.is_unknown and roles.action is not null
group by roles.account_id, listed.channel
