-- The steps that send something to people, whatever they are named in the flow's definition.
with

definitions as (
    select * from {{ ref('stg_klaviyo__flow_definitions') }} where jsonb_typeof(steps) = 'array'
),

listed as (
    select
        definitions.account_id,
        definitions.flow_id,
        steps.step ->> 'id' as flow_action_id,
        steps.step ->> 'message_id' as message_id,
        lower(steps.step ->> 'type') as step_type,
        lower(steps.step ->> 'status') as status,
        (steps.step ->> 'after_hours')::numeric as after_hours
    from definitions
    cross join lateral jsonb_array_elements(definitions.steps) as steps (step)
)

select
    listed.account_id,
    listed.flow_id,
    listed.flow_action_id,
    listed.message_id,
    listed.status,
    listed.after_hours,
    case
        when listed.step_type = 'send-email' then 'email'
        when listed.step_type = 'send-sms' then 'sms'
        when listed.step_type = 'send-mobile-push' then 'push'
        when listed.step_type = 'send-whatsapp' then 'whatsapp'
        else messages.channel
    end as channel
from listed
left join {{ ref('int_messages') }} as messages
    on listed.account_id = messages.account_id and listed.message_id = messages.message_id
where
    listed.step_type in (
        'send-email', 'send-sms', 'send-mobile-push', 'send-whatsapp', 'ab-test', 'content-experiment'
    )
