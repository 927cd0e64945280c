-- A message has the tags of its campaign or flow.
with

messages as (
    select * from {{ ref('int_messages') }}
),

tagged as (
    select
        account_id,
        campaign_id as parent_id,
        tag_ids
    from {{ ref('stg_klaviyo__campaigns') }}
    union all
    select
        account_id,
        flow_id as parent_id,
        tag_ids
    from {{ ref('stg_klaviyo__flows') }}
)

select distinct
    messages.account_id,
    messages.message_id,
    listed.tag_id
from messages
inner join tagged
    on
        messages.account_id = tagged.account_id
        and coalesce(messages.campaign_id, messages.flow_id) = tagged.parent_id
cross join lateral jsonb_array_elements_text(
    case when jsonb_typeof(tagged.tag_ids) = 'array' then tagged.tag_ids end
) as listed (tag_id)
