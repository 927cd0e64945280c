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

        value,

        event_properties,
        attributions,

        datetime as occurred_at,
        _sdc_extracted_at as read_at,
        _sdc_batched_at as loaded_at
    from source
)

select * from renamed
