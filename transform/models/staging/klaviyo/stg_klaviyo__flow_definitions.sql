with

source as (
    {{ raw_table_if_any('flow_definitions', {
        'account_id': 'text',
        'id': 'text',
        'trigger_kind': 'text',
        'trigger_id': 'text',
        'trigger': 'jsonb',
        'profile_filter': 'jsonb',
        'steps': 'jsonb',
    }) }}
),

renamed as (
    select
        account_id,
        id as flow_id,

        lower(trigger_kind) as trigger_kind,
        trigger_id,

        coalesce(trigger ->> 'trigger_filter', profile_filter ->> 'condition_groups') is not null as has_filter,

        steps
    from source
)

select * from renamed
