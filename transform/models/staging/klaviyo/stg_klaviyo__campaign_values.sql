-- A row that was not there when its span was re-read is stale: Klaviyo no longer has the group.
with

source as (
    {{ raw_table_if_any('campaign_values', {
        'account_id': 'text',
        'campaign_message_id': 'text',
        'variation_id': 'text',
        'send_channel': 'text',
        'conversion_metric_id': 'text',
        'window_start': 'timestamp',
        'window_end': 'timestamp',
        'read_at': 'timestamp',
    }, report_columns() | map(attribute=0)) }}
),

renamed as (
    select
        account_id,
        campaign_message_id as message_id,
        variation_id,
        conversion_metric_id,

        {{ message_channel('send_channel') }} as channel,

        {%- for raw_column, column in report_columns() %}
            {{ raw_column }} as {{ column }},
        {%- endfor %}

        window_start,
        window_end,
        read_at
    from source
),

ranked as (
    select
        *,
        read_at = max(read_at) over (partition by account_id, window_start) as is_still_true
    from renamed
)

select * from ranked
where is_still_true
