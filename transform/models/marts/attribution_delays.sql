{{ config(indexes=[{'columns': ['account_id', 'message_kind', 'parent_id', 'channel'], 'unique': true}]) }}

select
    account_id,
    client,
    message_kind,
    coalesce(campaign_id, flow_id) as parent_id,
    channel,
    parent_name,
    min(date_day) as first_day,
    max(date_day) as last_day,
    count(*) as orders,
    count(hours) as orders_with_touch,
    {%- for share, name in [(0.25, 'lower_quartile'), (0.5, 'median'), (0.75, 'upper_quartile')] %}
        (percentile_cont({{ share }}) within group (order by hours))::numeric(12, 4) as {{ name }}_hours,
    {%- endfor %}
    count(*) filter (where hours <= 24) as orders_within_24_hours
from {{ ref('int_credits') }}
where parent_name is not null
group by account_id, client, message_kind, coalesce(campaign_id, flow_id), channel, parent_name
