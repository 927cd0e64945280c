-- With what reports want to know of an event taken out of its properties and attributions.
with

source as (
    {{ raw_table_if_any('events', {
        'account_id': 'text',
        'id': 'text',
        'uuid': 'text',
        'metric_id': 'text',
        'profile_id': 'text',
        'value_currency': 'text',
        'value': 'numeric',
        'event_properties': 'jsonb',
        'attributions': 'jsonb',
        'datetime': 'timestamp',
        '_sdc_extracted_at': 'timestamp',
        '_sdc_batched_at': 'timestamp',
    }) }}
),

renamed as (
    select
        account_id,
        id as event_id,
        uuid as event_uuid,
        metric_id,
        profile_id,

        upper(value_currency) as value_currency,
        coalesce(
            event_properties ->> '$message',
            jsonb_path_query_first(attributions, '$[*].flow_message_id ? (@ != null && @ != "")') #>> '{}',
            jsonb_path_query_first(attributions, '$[*].campaign_message_id ? (@ != null && @ != "")') #>> '{}'
        ) as message_id,
        -- Of the message that is named above.
        coalesce(
            jsonb_path_query_first(
                attributions, '$[*] ? (@.flow_message_id != null && @.flow_message_id != "").attributed_event_id'
            ),
            jsonb_path_query_first(
                attributions,
                '$[*] ? (@.campaign_message_id != null && @.campaign_message_id != "").attributed_event_id'
            ),
            jsonb_path_query_first(attributions, '$[*].attributed_event_id')
        ) #>> '{}' as attributed_event_id,
        event_properties ->> 'Inbox Provider' as inbox_provider,
        lower(event_properties ->> 'Bounce Type') as bounce_type,

        value,

        coalesce(lower(event_properties ->> 'Apple Privacy Open') = 'true', false) as is_apple,
        coalesce('true' in (
            lower(event_properties ->> 'Bot Click'),
            lower(event_properties ->> 'Apple Privacy Open'),
            lower(event_properties ->> 'machine_open'),
            lower(event_properties ->> 'Machine Open')
        ), false) as is_machine,
        coalesce(attributions, '[]') <> '[]' as is_attributed,
        -- By its message, like `message_id`; by its flow where no message is named.
        case
            when jsonb_path_exists(attributions, '$[*].flow_message_id ? (@ != null && @ != "")') then true
            when jsonb_path_exists(attributions, '$[*].campaign_message_id ? (@ != null && @ != "")') then false
            else coalesce(jsonb_path_exists(attributions, '$[*].flow_id ? (@ != null && @ != "")'), false)
        end as is_attributed_to_flow,

        event_properties,
        attributions,

        datetime as occurred_at,
        _sdc_extracted_at as read_at,
        _sdc_batched_at as loaded_at
    from source
)

select * from renamed
