-- What became of a campaign message, over all days since: by the date of the event. People come from single events.
with

unread as (
    select * from {{ ref('int_campaign_messages_completeness') }}
),

unknown as (
    select * from {{ ref('int_unknown_actions') }}
),

channels as (
    select * from {{ ref('int_channel_actions') }}
),

message_days as (
    select * from {{ ref('int_message_days') }}
),

message_people as (
    select * from {{ ref('int_message_people') }}
),

people as (
    select
        account_id,
        message_id,
    {%- for measure in message_counts() | rejectattr('is_additive') %}
        coalesce(sum(new_people) filter (where action = '{{ measure.action }}'), 0) as {{ measure.column }},
        coalesce(sum(new_human_people) filter (where action = '{{ measure.action }}'), 0)
            as human_{{ measure.column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from message_people
    group by account_id, message_id
),

answered as (
    select
        account_id,
        message_id,
    {%- for column, _, _ in answers() %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_delivery_days') }}
    group by account_id, message_id
),

summed as (
    select
        account_id,
        message_id,
        {%- for measure in message_counts() | selectattr('is_additive') %}
            sum({{ measure.column }}) as {{ measure.column }},
        {%- endfor %}
        sum(attributed_orders) as attributed_orders,
        case
            when
                bool_and(attributed_revenue is not null or attributed_orders is null)
                and coalesce(min(currency), '') = coalesce(max(currency), '')
                then sum(attributed_revenue)
        end as attributed_revenue
    from message_days
    group by account_id, message_id
)

select
    account_id,
    message_id,
    {%- for measure in message_counts() | selectattr('is_additive') %}
        {{ known_count('summed', measure.column, measure.action) }} as {{ measure.column }},
    {%- endfor %}
    {%- for measure in message_counts() | rejectattr('is_additive') %}
        {%- for name in [measure.column, 'human_' ~ measure.column] %}
            case when unread.has_events and {{ can_be_told(measure.action) }} then coalesce(people.{{ name }}, 0) end
                as {{ name }},
        {%- endfor %}
    {%- endfor %}
    {%- for column, action, _ in answers() %}
        case when unread.has_events and {{ can_be_told(action) }} then coalesce(answered.{{ column }}, 0) end
            as {{ column }},
    {%- endfor %}
    case when unread.has_credits then coalesce(summed.attributed_orders, 0) end::bigint as attributed_orders,
    case
        when not unread.has_credits then null
        when summed.account_id is null then 0
        else summed.attributed_revenue
    end::numeric(20, 4) as attributed_revenue
from unread
left join channels using (channel)
left join unknown using (account_id, channel)
left join summed using (account_id, message_id)
left join people using (account_id, message_id)
left join answered using (account_id, message_id)
