-- Metrics of one role add up: Klaviyo renames its metrics, and an account can have the old and the new one.
with

metric_days as (
    select * from {{ ref('int_metric_days') }}
),

-- What is true of an account without any metric of the role: of a name of Klaviyo's own, 0, unless something says that
-- it has happened. Of a mapping: the account never said which metric it is, so it is unknown, null.
roles as (
    select
        account_id,
        role,
        is_unknown,
        case when not is_unknown then 0 end as if_absent
    from {{ ref('int_role_status') }}
    union all
    select
        accounts.account_id,
        mapped.role,
        false as is_unknown,
        null as if_absent
    from {{ ref('stg_klaviyo__accounts') }} as accounts
    cross join (values ('revenue'), ('refund')) as mapped (role)
),

-- A fallback stands in only until the account has the real thing: one sign-up can be recorded by both.
takeovers as (
    select
        account_id,
        role,
        min(date_day) as first_day
    from metric_days
    where not is_fallback and event_count <> 0
    group by account_id, role
),

counting as (
    select metric_days.*
    from metric_days
    left join takeovers
        on metric_days.account_id = takeovers.account_id and metric_days.role = takeovers.role
    where not metric_days.is_fallback or takeovers.first_day is null or metric_days.date_day < takeovers.first_day
),

summed as (
    select
        account_id,
        date_day,
        role,
        case when bool_and(is_known) then sum(event_count) end as event_count,
        -- People who are in two metrics cannot be told apart here, so two that both count have no unique together.
        case
            when bool_and(is_known) and count(*) filter (where event_count <> 0) <= 1 then max(unique_profiles)
        end as unique_profiles
    from counting
    group by account_id, date_day, role
),

final as (
    select
        spine.account_id,
        spine.date_day,
        roles.role,
    {%- for column in ['event_count', 'unique_profiles'] %}
        case
            when summed.role is null then roles.if_absent
            when not roles.is_unknown then summed.{{ column }}
        end as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_account_days') }} as spine
    inner join roles on spine.account_id = roles.account_id
    left join summed
        on
            spine.account_id = summed.account_id
            and spine.date_day = summed.date_day
            and roles.role = summed.role
)

select * from final
