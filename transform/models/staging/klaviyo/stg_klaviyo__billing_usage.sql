with

source as (
    {{ raw_table_if_any('billing_usage', {
        'account_id': 'text',
        'id': 'text',
        'date': 'date',
        'unit': 'text',
        'period_start': 'timestamp',
        'period_end': 'timestamp',
        'as_of': 'timestamp',
    }, ['usage_used', 'usage_max']) }}
),

renamed as (
    select
        account_id,
        id as usage_type,
        date as date_day,

        unit,

        usage_used as used,
        usage_max as plan_maximum,

        period_start,
        period_end,
        as_of
    from source
)

select * from renamed
