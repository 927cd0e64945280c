-- Every day of an account that a report shows, without gaps: from the first day on which anything happened to the
-- last day read. Days without data are rows too, so that a report can tell a zero from a hole.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

aggregates as (
    select * from {{ ref('int_metric_aggregates') }} where breakdown = 'total' and bucket = 'day'
),

days_read as (
    select * from {{ ref('int_metric_day_reads') }} where breakdown = 'total' and bucket = 'day'
),

reads as (
    select * from {{ ref('stg_klaviyo__metric_aggregate_reads') }} where breakdown = 'total' and bucket = 'day'
),

currencies as (
    select * from {{ ref('int_currency_periods') }}
),

last_reads as (
    select
        account_id,
        max(window_end) as read_until
    from reads
    group by account_id
),

bounds as (
    select
        days_read.account_id,
        min(days_read.date_day) filter (where aggregates.event_count <> 0) as first_day,
        max(days_read.date_day) as last_day
    from days_read
    left join aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
    group by days_read.account_id
),

final as (
    select
        accounts.account_id,
        accounts.client,
        accounts.timezone,
        currencies.currency,
        calendar.local_day::date as date_day,
        {{ local_date('last_reads.read_until', 'accounts.timezone') }} - calendar.local_day::date
        >= {{ var('settle_after_days') }} as is_settled,
        {{ local_day_start("calendar.local_day + interval '1 day'", 'accounts.timezone') }} <= last_reads.read_until
            as is_over
    from accounts
    inner join bounds on accounts.account_id = bounds.account_id
    inner join last_reads on accounts.account_id = last_reads.account_id
    cross join
        lateral generate_series(
            bounds.first_day::timestamp, bounds.last_day::timestamp, interval '1 day'
        ) as calendar (local_day)
    inner join currencies
        on
            accounts.account_id = currencies.account_id
            and calendar.local_day >= currencies.valid_from
            and calendar.local_day < currencies.valid_until
)

select * from final
