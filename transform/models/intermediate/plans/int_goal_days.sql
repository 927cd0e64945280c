-- What share of a month each of its days has: last year's, 364 days before, so that weekdays match; otherwise that of
-- its weekday in the 8 weeks before the month; otherwise the same for all.
with

goals as (
    select * from {{ ref('int_goals') }} where problem is null
),

wanted as (
    select distinct
        account_id,
        kpi
    from goals
),

numbers as (
    select
        days.account_id,
        measured.kpi,
        days.date_day,
        case when measured.is_money then days.currency end as currency,
        measured.value
    from {{ ref('int_client_days') }} as days
    cross join
        lateral (
            values
            {%- for kpi, is_money in goal_kpis() %}
                ('{{ kpi }}', {{ is_money | lower }}, days.{{ kpi }}){{ ',' if not loop.last }}
            {%- endfor %}
        ) as measured (kpi, is_money, value)
    inner join wanted on days.account_id = wanted.account_id and measured.kpi = wanted.kpi
),

usual as (
    select
        goals.account_id,
        goals.kpi,
        goals.month,
        extract(isodow from numbers.date_day) as weekday,
        avg(numbers.value) as value
    from goals
    inner join numbers
        on
            goals.account_id = numbers.account_id
            and goals.kpi = numbers.kpi
            and numbers.date_day >= goals.month - 56
            and goals.month > numbers.date_day
    group by 1, 2, 3, 4
    having coalesce(min(numbers.currency) = max(numbers.currency), true)
),

month_days as (
    select
        goals.account_id,
        goals.kpi,
        goals.month,
        goals.month + numbered.place as date_day
    from goals cross join generate_series(0, 30) as numbered (place)
    where goals.month + numbered.place < goals.month + interval '1 month'
),

known as (
    select
        month_days.*,
        now.value,
        last_year.value as last_year,
        usual.value as usual,
        count(*) over its_month = count(last_year.value) over its_month
        and coalesce(min(last_year.currency) over its_month = max(last_year.currency) over its_month, true)
        and sum(last_year.value) over its_month > 0 as has_last_year,
        count(*) over its_month = count(usual.value) over its_month and sum(usual.value) over its_month > 0 as has_usual
    from month_days
    left join numbers as now
        on
            month_days.account_id = now.account_id and month_days.kpi = now.kpi and month_days.date_day = now.date_day
    left join numbers as last_year
        on
            month_days.account_id = last_year.account_id and month_days.kpi = last_year.kpi
            and month_days.date_day - 364 = last_year.date_day
    left join usual
        on
            month_days.account_id = usual.account_id
            and month_days.kpi = usual.kpi
            and month_days.month = usual.month
            and extract(isodow from month_days.date_day) = usual.weekday
    window its_month as (partition by month_days.account_id, month_days.kpi, month_days.month)
)

select
    known.account_id,
    known.kpi,
    known.month,
    known.date_day,
    known.value,
    coalesce(known.date_day <= clients.last_whole_day, false) as is_passed,
    case when known.has_last_year then 'last_year' when known.has_usual then 'weekdays' else 'even' end as shape,
    case when known.has_last_year then known.last_year when known.has_usual then known.usual else 1 end::numeric
        as weight
from known
inner join {{ ref('int_clients') }} as clients on known.account_id = clients.account_id
