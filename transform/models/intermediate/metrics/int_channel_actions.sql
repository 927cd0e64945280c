-- What can happen to a message of each channel, by the names that Klaviyo gives its metrics: a text is not opened. A
-- message of several channels, or of none that is known, can meet anything.
with

actions as (
    select distinct
        channel,
        {{ role_action('role', 'channel') }} as action
    from {{ ref('metric_roles') }}
)

select
    listed.channel,
    array_agg(distinct actions.action) as actions
from actions
cross join lateral (values (actions.channel), ('mixed'), ('unknown')) as listed (channel)
where actions.action is not null
group by listed.channel
