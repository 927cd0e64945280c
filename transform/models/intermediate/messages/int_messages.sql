-- Campaign messages and flow messages. A campaign message can have variations (an A/B test, or the same text in several
-- channels): they fold into their message, because Klaviyo credits orders to messages.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

campaign_messages as (
    select * from {{ ref('stg_klaviyo__campaign_messages') }}
),

campaigns as (
    select * from {{ ref('stg_klaviyo__campaigns') }}
),

variations as (
    select * from {{ ref('stg_klaviyo__campaign_variations') }}
),

flow_messages as (
    select * from {{ ref('stg_klaviyo__flow_messages') }}
),

flows as (
    select * from {{ ref('stg_klaviyo__flows') }}
),

variations_folded as (
    select
        account_id,
        message_id,
        case when count(distinct channel) = 1 then min(channel) else 'mixed' end as channel,
        string_agg(distinct subject, ' | ' order by subject) as subject,
        count(*) as variation_count
    from variations
    group by account_id, message_id
),

unioned as (
    select
        account_id,
        message_id,
        'campaign' as message_kind,
        variations_folded.channel,
        campaign_messages.message_name,
        variations_folded.subject,
        campaign_id,
        null as flow_id,
        campaigns.campaign_name as parent_name,
        campaign_messages.status,
        coalesce(variations_folded.variation_count, 0)::int as variation_count,
        coalesce(campaigns.is_archived, false) as is_archived,
        campaign_messages.sent_at
    from campaign_messages
    left join campaigns using (account_id, campaign_id)
    left join variations_folded using (account_id, message_id)

    union all

    select
        account_id,
        flow_messages.message_id,
        'flow' as message_kind,
        flow_messages.channel,
        flow_messages.message_name,
        flow_messages.subject,
        null as campaign_id,
        flow_id,
        flows.flow_name as parent_name,
        flows.status,
        1 as variation_count,
        coalesce(flows.is_archived, false) as is_archived,
        null as sent_at
    from flow_messages
    left join flows using (account_id, flow_id)
)

select
    unioned.account_id,
    accounts.client,
    unioned.message_id,
    unioned.message_kind,
    unioned.channel,
    unioned.message_name,
    unioned.subject,
    unioned.campaign_id,
    unioned.flow_id,
    unioned.parent_name,
    unioned.status,
    unioned.variation_count,
    unioned.is_archived,
    unioned.sent_at,
    {{ local_date('unioned.sent_at', 'accounts.timezone') }} as sent_day
from unioned
inner join accounts on unioned.account_id = accounts.account_id
