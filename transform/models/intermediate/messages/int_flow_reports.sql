-- Klaviyo's own report of a flow message, by the day of the send.
with

reports as (
    select * from {{ ref('stg_klaviyo__flow_series') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
)

select
    reports.account_id,
    reports.message_id,
    reports.sent_day as date_day,
    {{ reports_summed() }}
from reports
left join channels using (channel)
where reports.recipients > 0 or reports.orders > 0
group by reports.account_id, reports.message_id, reports.sent_day
