-- How long a flow has not been started, or has not sent, and how often it would have by then: as often as in the 28
-- days before, but no more than what else goes on allows for. A flow that nothing starts cannot send.
with

activity as (
    select * from {{ ref('int_flow_activity') }}
),

series as (
    select
        activity.account_id,
        activity.flow_id,
        activity.date_day,
        activity.last_day,
        activity.revenue,
        measured.*
    from activity
    cross join
        lateral (
            values
            ('triggers', activity.triggers, activity.others),
            ('delivered', activity.delivered, coalesce(activity.triggers, activity.others))
        ) as measured (series, things, others)
    where measured.things is not null
),

averaged as (
    select
        *,
        count(*) filter (where things > 0) over so_far as run,
        avg(things) over four_weeks as usual,
        avg(others) over four_weeks as usual_others,
        sum(revenue) over four_weeks as revenue_before
    from series
    window
        so_far as (partition by account_id, flow_id, series order by date_day),
        four_weeks as (
            partition by account_id, flow_id, series
            order by date_day rows between 27 preceding and current row
        )
),

-- The first day of a run is the last one on which something happened.
runs as (
    select
        account_id,
        flow_id,
        series,
        date_day,
        last_day,
        run,
        sum(things) over four_weeks as things_28_days,
        first_value(date_day) over since as active_on,
        first_value(usual) over since as usual,
        first_value(usual_others) over since as usual_others,
        first_value(revenue_before) over since as revenue_before,
        count(*) over since - 1 as silent_days,
        sum(others) over since - first_value(others) over since as others_since
    from averaged
    window
        since as (
            partition by account_id, flow_id, series, run
            order by date_day rows between unbounded preceding and current row
        ),
        four_weeks as (
            partition by account_id, flow_id, series
            order by date_day rows between 27 preceding and current row
        )
)

select
    account_id,
    flow_id,
    series,
    date_day,
    things_28_days,
    case when run > 0 then active_on end as active_on,
    case when run > 0 then revenue_before end as revenue_before,
    case when run > 0 then usual end as usual,
    silent_days,
    case
        when run > 0
            then
                usual * silent_days
                * least(1, coalesce(others_since / nullif(usual_others * silent_days, 0), 1))
    end::numeric(20, 6) as missed
from runs
where date_day > last_day - 28
