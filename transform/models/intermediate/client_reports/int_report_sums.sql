-- What a report's numbers are made of. A sum that lacks a day is unknown, like an amount in two currencies.
with

periods as (
    select * from {{ ref('int_report_periods') }}
),

client_days as (
    select * from {{ ref('int_client_days') }}
),

email_days as (
    select * from {{ ref('int_channel_days') }} where channel = 'email'
),

summed as (
    select
        periods.account_id,
        periods.period,
        periods.period_start,
        {%- for column in report_client_sums() %}
            case when count(client_days.{{ column }}) = count(*) then sum(client_days.{{ column }}) end as {{ column }},
        {%- endfor %}
    {%- for column, source in report_email_sums() %}
        case when count(email_days.{{ source }}) = count(*) then sum(email_days.{{ source }}) end
            as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
    from periods
    inner join client_days
        on
            periods.account_id = client_days.account_id
            and client_days.date_day between periods.period_start and periods.period_end
    left join
        email_days
        on client_days.account_id = email_days.account_id and client_days.date_day = email_days.date_day
    where periods.is_complete
    group by periods.account_id, periods.period, periods.period_start
)

select
    periods.*,
{%- for column in report_client_sums() + report_email_sums() | map(attribute=0) | list %}
{%- if column.endswith('revenue') %}
    case when periods.currency is not null then summed.{{ column }} end
        as {{ column }}{{ ',' if not loop.last }}
{%- else %}
    summed.{{ column }}{{ ',' if not loop.last }}
{%- endif %}
{%- endfor %}
from periods
left join summed using (account_id, period, period_start)
