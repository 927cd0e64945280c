-- Actions of a channel that cannot be counted, from aggregates or single events, because their metric is missing. What
-- is unknown for one channel is unknown for all of them together.
select
    roles.account_id,
    listed.channel,
    array_agg(distinct roles.action) as actions
from {{ ref('int_role_status') }} as roles
cross join lateral (values (roles.channel), ('mixed'), ('unknown'), ('all')) as listed (channel)
where roles.is_unknown and roles.action is not null
group by roles.account_id, listed.channel
