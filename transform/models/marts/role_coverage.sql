-- The numbers of messages rest on metrics that are found by their names. This says of each whether it was found, and if
-- not, what speaks for its being there.
with

roles as (
    select * from {{ ref('int_role_status') }}
),

clients as (
    select * from {{ ref('int_clients') }}
),

final as (
    select
        roles.account_id,
        clients.client,
        roles.role,
        roles.channel,
        roles.status,
        roles.metric_names,
        roles.event_count::bigint as event_count,
        roles.last_day,
        roles.reported_count::bigint as reported_count,
        roles.probable_metric_id,
        roles.probable_metric_name,
        roles.probable_event_count,
        case
            when roles.status in ('found', 'absent') then null
            when roles.probable_metric_name is not null
                then
                    'Probably counted by ' || quote_literal(roles.probable_metric_name)
                    || ': add the name to seeds/metric_roles.csv.'
            when roles.metric_names is not null
                then 'Klaviyo''s reports count it, and ' || quote_literal(roles.metric_names) || ' counts nothing.'
            else 'Klaviyo''s reports count it, and no metric does: look for its new name in unmapped_metrics.'
        end as what_to_do
    from roles
    inner join clients on roles.account_id = clients.account_id
)

select * from final
