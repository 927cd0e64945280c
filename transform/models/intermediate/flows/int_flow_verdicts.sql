-- What is wrong with a flow on a day, by what it is today: Klaviyo keeps no history of a flow's settings. Of several
-- reasons, the one that explains the others.
with

flows as (
    select * from {{ ref('int_flows') }} where not is_archived
),

started as (
    select * from {{ ref('int_flow_silences') }} where series = 'triggers'
),

sent as (
    select * from {{ ref('int_flow_silences') }} where series = 'delivered'
),

decays as (
    select * from {{ ref('int_flow_decays') }}
),

facts as (
    select
        flows.account_id,
        flows.flow_id,
        sent.date_day,
        coalesce(flows.status = 'live', false) as is_live,
        coalesce(flows.status <> 'live', true) and sent.silent_days > 0 and sent.active_on >= sent.date_day - 35
        and flows.changed_on >= sent.active_on
            as is_stopped,
        coalesce(started.missed, 0) >= {{ var('flow_missed') }} as is_not_started,
        flows.draft_steps > 0 and flows.changed_on <= sent.date_day as has_draft,
        coalesce(sent.missed, 0) >= {{ var('flow_missed') }} as is_silent,
        sent.active_on is null as never_sent,
        flows.has_filter
        and (
            (sent.active_on is null and flows.changed_on <= sent.date_day - 14)
            or flows.changed_on between sent.active_on - 1 and sent.active_on + 3
        )
            as is_filtered,
        coalesce(started.things_28_days, 0) >= {{ var('flow_triggers_without_message') }} as is_started,
        decays.days,
        case when decays.expected > 0 then 1 - decays.clicks / decays.expected end as share_lost,
        started.active_on as started_on,
        sent.active_on as sent_on,
        flows.changed_on,
        started.revenue_before as revenue_before_start,
        sent.revenue_before as revenue_before_silence,
        decays.revenue_before as revenue_before_decay,
        flows.draft_steps::numeric / nullif(flows.steps, 0) as draft_share,
        started.things_28_days as triggers_28_days,
        sent.things_28_days as delivered_28_days
    from flows
    inner join sent using (account_id, flow_id)
    left join started using (account_id, flow_id, date_day)
    left join decays using (account_id, flow_id, date_day)
),

judged as (
    select
        *,
        case
            when is_stopped then 'flow_silent'
            when not is_live then 'off'
            when is_not_started then 'trigger_silent'
            when has_draft then 'message_draft'
            when is_silent and is_filtered then 'no_one_qualifies'
            when is_silent then 'flow_silent'
            when never_sent and is_started and is_filtered then 'no_one_qualifies'
            when days is not null then 'decaying'
            when never_sent then 'unknown'
            else 'ok'
        end as verdict
    from facts
)

select
    account_id,
    flow_id,
    date_day,
    verdict,
    case
        when verdict = 'trigger_silent' then started_on + 1
        when verdict in ('flow_silent', 'no_one_qualifies') then sent_on + 1
        when verdict = 'message_draft' then changed_on
        when verdict = 'decaying' then date_day - days + 1
    end as since_day,
    case
        when verdict = 'trigger_silent' then revenue_before_start
        when verdict in ('flow_silent', 'no_one_qualifies') then revenue_before_silence
        when verdict = 'message_draft' then draft_share * revenue_before_silence
        when verdict = 'decaying' then share_lost * revenue_before_decay
    end::numeric(20, 4) as value_at_stake,
    share_lost,
    triggers_28_days,
    delivered_28_days,
    not is_live as is_stopped
from judged
