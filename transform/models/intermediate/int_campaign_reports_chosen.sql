-- Klaviyo's own report of a campaign message: of all spans that were asked for, the one read last; of all conversion
-- metrics, the one that the account maps as revenue. Variations add up to their message, but not their people.
with

reports as (
    select * from {{ ref('stg_klaviyo__campaign_values') }}
),

metrics as (
    select * from {{ ref('int_metrics_classified') }} where role = 'revenue'
),

chosen as (
    select
        reports.*,
        rank() over (
            partition by reports.account_id, reports.message_id
            order by reports.window_end desc, reports.window_start asc, reports.conversion_metric_id asc
        ) as place
    from reports
    inner join metrics on reports.account_id = metrics.account_id and reports.conversion_metric_id = metrics.metric_id
),

final as (
    select
        account_id,
        message_id,
        max(window_end) as window_end,
    {%- for _, column in report_columns() %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from chosen
    where place = 1
    group by account_id, message_id
)

select * from final
