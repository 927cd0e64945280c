-- Klaviyo's own report of a campaign message. A send is in one span of time alone, so spans and variations add up; the
-- people of two variations are not the same ones, because each person gets one of them.
with

reports as (
    select * from {{ ref('stg_klaviyo__campaign_values') }}
),

final as (
    select
        account_id,
        message_id,
        {%- for _, column in report_columns() %}
            sum({{ column }}) as {{ column }},
        {%- endfor %}
        max(least(window_end, read_at)) as read_until
    from reports
    group by account_id, message_id
)

select * from final
