with

source as (
    {{ raw_table_if_any('event_reads', {
        'account_id': 'text',
        'date': 'date',
        'day_start': 'timestamp',
        'day_end': 'timestamp',
        'read_at': 'timestamp',
        'ids': 'jsonb',
        '_sdc_batched_at': 'timestamp',
    }) }}
),

renamed as (
    select
        account_id,
        date as date_day,

        day_start,
        day_end,
        read_at,
        ids as event_ids,
        _sdc_batched_at as loaded_at
    from source
    where jsonb_typeof(ids) = 'array'
)

select * from renamed
