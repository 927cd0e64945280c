{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'tag_id', 'channel', 'date_day'], 'unique': true},
    {'columns': ['account_id', 'date_day']}
]) }}
{%- set counts = message_counts() | selectattr('is_additive') | map(attribute='column') | list %}
{%- set answered = answers() | map('first') | list %}

-- A message with several tags is in the rows of each, so that tags are never added up. What is unknown of one message
-- is unknown of the tag.
with

days as (
    select * from {{ ref('int_message_days') }}
),

tagged as (
    select * from {{ ref('int_message_tags') }}
),

tags as (
    select * from {{ ref('stg_klaviyo__tags') }}
)

select
    days.account_id,
    days.client,
    tagged.tag_id,
    tags.tag_name,
    tags.tag_group_name,
    days.date_day,
    days.channel,
    days.currency,
    count(*) as messages,
    {%- for column in counts + ['attributed_orders'] + answered %}
        case when bool_and(days.{{ column }} is not null) then sum(days.{{ column }}) end::bigint as {{ column }},
    {%- endfor %}
    case when bool_and(days.attributed_revenue is not null) then sum(days.attributed_revenue) end::numeric(20, 4)
        as attributed_revenue,
    days.is_settled,
    days.is_over
from days
inner join tagged on days.account_id = tagged.account_id and days.message_id = tagged.message_id
left join tags on tagged.account_id = tags.account_id and tagged.tag_id = tags.tag_id
group by
    days.account_id,
    days.client,
    tagged.tag_id,
    tags.tag_name,
    tags.tag_group_name,
    days.date_day,
    days.channel,
    days.currency,
    days.is_settled,
    days.is_over
