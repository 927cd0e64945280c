{{ config(pre_hook=hash_joins()) }}

-- What happened in each channel that an account has ever used, by day. A channel of which that is unknown is listed as
-- well, or all channels together would seem to be known without it.
with

roles as (
    select distinct
        role,
        channel,
        {{ role_action('role', 'channel') }} as action
    from {{ ref('metric_roles') }}
    where channel is not null
),

role_days as (
    select
        role_days.*,
        roles.channel,
        roles.action
    from {{ ref('int_role_days') }} as role_days
    inner join roles on role_days.role = roles.role
),

channels_used as (
    select
        account_id,
        channel
    from role_days
    where event_count > 0
    group by account_id, channel
    union
    select
        account_id,
        channel
    from {{ ref('int_role_status') }}
    where is_unknown and channel is not null
),

machines as (
    select * from {{ ref('int_bot_and_apple_days') }}
),

final as (
    select
        account_id,
        date_day,
        channel,
        {%- for measure in measures() %}
            max(role_days.{{ 'event_count' if measure.is_additive else 'unique_profiles' }})
            filter (where action = '{{ measure.action }}')::bigint as {{ measure.column }},
        {%- endfor %}
        max(machines.machine_count) filter (where action = 'clicked')::bigint as bot_clicks,
        max(machines.apple_count) filter (where action = 'opened')::bigint as apple_opens,
        max(machines.machine_count) filter (where action = 'opened' and channel = 'email')::bigint as machine_opens
    from role_days
    inner join channels_used using (account_id, channel)
    left join machines using (account_id, date_day, channel, action)
    group by account_id, date_day, channel
)

select * from final
