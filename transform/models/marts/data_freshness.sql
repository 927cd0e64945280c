{{ config(materialized='view') }}

-- A view, so that it tells the truth between two runs as well. What counts as late is how old the last success is: a
-- client whose key stopped working looks complete everywhere else.
with

-- A partial run read everything but what Klaviyo refuses every day.
judged as (
    select
        *,
        status in ('ok', 'partial') as is_success
    from {{ ref('pipeline_runs') }}
),

runs as (
    select
        *,
        count(*) filter (where is_success) over (
            partition by account_id, stream order by finished_at desc
        ) as successes_since
    from judged
),

latest as (
    select distinct on (account_id, stream)
        account_id,
        client,
        stream,
        status,
        error
    from runs
    order by account_id asc, stream asc, finished_at desc
),

summed as (
    select
        account_id,
        stream,
        max(finished_at) as last_attempt_at,
        max(finished_at) filter (where is_success) as last_success_at,
        max(window_end) filter (where is_success) as data_until,
        count(*) filter (where successes_since = 0)::int as failed_runs
    from runs
    group by account_id, stream
),

aged as (
    select
        *,
        (extract(epoch from now() at time zone 'UTC' - last_success_at) / 3600)::numeric(12, 1) as hours_since_success
    from summed
),

final as (
    select
        aged.account_id,
        latest.client,
        aged.stream,
        case
            when aged.last_success_at is null then 'never'
            when aged.failed_runs > 0 then 'failing'
            when aged.hours_since_success > {{ var('allowed_hours') }} then 'late'
            else 'fresh'
        end as status,
        latest.status as last_status,
        aged.last_success_at,
        aged.last_attempt_at,
        aged.data_until,
        aged.hours_since_success,
        {{ var('allowed_hours') }} as allowed_hours,
        aged.failed_runs,
        latest.error
    from aged
    inner join latest using (account_id, stream)
)

select * from final
