with

messages as (
    select * from {{ ref('int_message_details') }}
),

clients as (
    select * from {{ ref('int_clients') }}
),

final as (
    select
        messages.account_id,
        clients.client,
        messages.message_id,
        messages.message_kind,
        messages.channel,
        messages.message_name,
        messages.subject,
        messages.campaign_id,
        messages.flow_id,
        messages.parent_name,
        messages.status,
        messages.variation_count::int as variation_count,
        messages.is_archived,
        messages.sent_at,
        {{ local_date('messages.sent_at', 'clients.timezone') }} as sent_day
    from messages
    inner join clients on messages.account_id = clients.account_id
)

select * from final
