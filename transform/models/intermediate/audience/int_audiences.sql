with

audiences as (
    select
        account_id,
        'list' as audience_kind,
        list_id as audience_id,
        list_name as audience_name,
        tag_ids
    from {{ ref('stg_klaviyo__lists') }}
    union all
    select
        account_id,
        'segment' as audience_kind,
        segment_id as audience_id,
        segment_name as audience_name,
        tag_ids
    from {{ ref('stg_klaviyo__segments') }}
),

tagged as (
    select
        audiences.account_id,
        audiences.audience_kind,
        audiences.audience_id,
        listed.tag_id
    from audiences
    cross join lateral jsonb_array_elements_text(
        case when jsonb_typeof(audiences.tag_ids) = 'array' then audiences.tag_ids end
    ) as listed (tag_id)
),

named as (
    select
        tagged.account_id,
        tagged.audience_kind,
        tagged.audience_id,
        string_agg(tags.tag_name, ', ' order by tags.tag_name) as tags
    from tagged
    inner join {{ ref('stg_klaviyo__tags') }} as tags
        on tagged.account_id = tags.account_id and tagged.tag_id = tags.tag_id
    group by tagged.account_id, tagged.audience_kind, tagged.audience_id
)

select
    account_id,
    audience_kind,
    audience_id,
    audiences.audience_name,
    named.tags
from audiences
left join named using (account_id, audience_kind, audience_id)
