-- A row that was not there when its day was re-read is stale: Klaviyo no longer has the group.
with

source as (
    {{ raw_table_if_any('flow_series', {
        'account_id': 'text',
        'flow_message_id': 'text',
        'send_channel': 'text',
        'conversion_metric_id': 'text',
        'date': 'date',
        'read_at': 'timestamp',
    }, report_columns() | map(attribute=0)) }}
),

renamed as (
    select
        account_id,
        flow_message_id as message_id,
        conversion_metric_id,

        {{ message_channel('send_channel') }} as channel,

        {%- for raw_column, column in report_columns() %}
            {{ raw_column }} as {{ column }},
        {%- endfor %}

        date as sent_day,
        read_at
    from source
),

ranked as (
    select
        *,
        read_at = max(read_at) over (partition by account_id, sent_day) as is_still_true
    from renamed
)

select * from ranked
where is_still_true
