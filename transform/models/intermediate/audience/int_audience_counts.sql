-- What was read of lists and segments. Klaviyo reports a segment's days, also past ones; a list's members it only
-- counts when asked, so that a list has the days on which it was.
with

lists as (
    select
        account_id,
        'list' as audience_kind,
        list_id as audience_id,
        date_day,
        members,
        null::bigint as added,
        null::bigint as removed,
        'snapshot' as source
    from {{ ref('stg_klaviyo__list_sizes') }}
    where members is not null
),

segments as (
    select
        account_id,
        'segment' as audience_kind,
        segment_id as audience_id,
        date_day,
        members,
        added,
        removed,
        'series' as source
    from {{ ref('stg_klaviyo__segment_series') }}
    where members is not null
)

select * from lists
union all
select * from segments
