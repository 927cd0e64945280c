with

source as (
    {{ raw_table_if_any('campaign_messages', {
        'account_id': 'text',
        'id': 'text',
        'campaign_id': 'text',
        'campaign_audience_id': 'text',
        'name': 'text',
        'status': 'text',
        'send_time': 'timestamp',
        'created': 'timestamp',
        'updated': 'timestamp',
    }) }}
),

renamed as (
    select
        account_id,
        id as message_id,
        campaign_id,
        campaign_audience_id,

        name as message_name,
        lower(status) as status,

        send_time as sent_at,
        created as created_at,
        updated as updated_at
    from source
)

select * from renamed
