-- Klaviyo's own report of a campaign message. A send is in one span of time alone, so spans add up.
with

reports as (
    select * from {{ ref('stg_klaviyo__campaign_values') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
)

select
    reports.account_id,
    reports.message_id,
    max(least(reports.window_end, reports.read_at)) as read_until,
    {{ reports_summed() }}
from reports
left join channels using (channel)
group by reports.account_id, reports.message_id
