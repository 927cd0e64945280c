with

source as (
    {{ raw_table_if_any('flow_series', {
        'account_id': 'text',
        'flow_message_id': 'text',
        'variation_id': 'text',
        'send_channel': 'text',
        'conversion_metric_id': 'text',
        'date': 'date',
        '_sdc_batched_at': 'timestamp',
    }, report_columns() | map(attribute=0)) }}
),

renamed as (
    select
        account_id,
        flow_message_id as message_id,
        variation_id,
        conversion_metric_id,

        {{ message_channel('send_channel') }} as channel,

        {%- for raw_column, column in report_columns() %}
            {{ raw_column }} as {{ column }},
        {%- endfor %}

        date as sent_day,
        _sdc_batched_at as loaded_at
    from source
)

select * from renamed
