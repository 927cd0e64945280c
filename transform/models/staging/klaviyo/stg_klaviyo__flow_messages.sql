with

source as (
    {{ raw_table_if_any('flow_messages', {
        'account_id': 'text',
        'id': 'text',
        'flow_id': 'text',
        'flow_action_id': 'text',
        'name': 'text',
        'channel': 'text',
        'subject': 'text',
        'created': 'timestamp',
        'updated': 'timestamp',
    }) }}
),

renamed as (
    select
        account_id,
        id as message_id,
        flow_id,
        flow_action_id,

        name as message_name,
        {{ message_channel('channel') }} as channel,
        subject,

        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
