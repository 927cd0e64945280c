-- Each flow with its trigger, its stage and its messages. Of several stages that its name could mean, the one that
-- comes first by precedence; its trigger counts only if its name means none.
with

flows as (
    select * from {{ ref('stg_klaviyo__flows') }}
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

definitions as (
    select * from {{ ref('stg_klaviyo__flow_definitions') }}
),

metrics as (
    select * from {{ ref('int_metrics') }}
),

steps as (
    select
        account_id,
        flow_id,
        count(*) as steps,
        count(*) filter (where status in ('draft', 'manual')) as draft_steps,
        count(*) filter (where status = 'live' and channel = 'email') as live_emails,
        count(*) filter (where status = 'live' and channel in ('sms', 'whatsapp')) as live_texts,
        min(after_hours) filter (where status = 'live') as first_delay_hours
    from {{ ref('int_flow_steps') }}
    group by account_id, flow_id
),

described as (
    select
        flows.account_id,
        accounts.client,
        flows.flow_id,
        flows.flow_name,
        flows.status,
        flows.is_archived,
        definitions.trigger_kind,
        metrics.metric_name as trigger_metric,
        coalesce(definitions.has_filter, false) as has_filter,
        steps.steps,
        steps.draft_steps,
        steps.live_emails,
        steps.live_texts,
        steps.first_delay_hours,
        {{ local_date('flows.updated_at', 'accounts.timezone') }} as changed_on,
        case
            when definitions.trigger_kind = 'metric'
                then concat_ws(' ', metrics.role, lower(metrics.metric_name))
            else definitions.trigger_kind
        end as trigger_words
    from flows
    inner join accounts on flows.account_id = accounts.account_id
    left join definitions on flows.account_id = definitions.account_id and flows.flow_id = definitions.flow_id
    left join metrics
        on
            definitions.account_id = metrics.account_id
            and definitions.trigger_id = metrics.metric_id
            and definitions.trigger_kind = 'metric'
    left join steps on flows.account_id = steps.account_id and flows.flow_id = steps.flow_id
),

stages as (
    select distinct on (described.account_id, described.flow_id)
        described.account_id,
        described.flow_id,
        stages.stage
    from described
    inner join {{ ref('lifecycle_stages') }} as stages
        on lower(described.flow_name) ~ stages.name_pattern or described.trigger_words ~ stages.trigger_pattern
    order by
        described.account_id asc,
        described.flow_id asc,
        lower(described.flow_name) ~ stages.name_pattern desc nulls last,
        stages.precedence asc
)

select
    described.*,
    stages.stage
from described
left join stages on described.account_id = stages.account_id and described.flow_id = stages.flow_id
