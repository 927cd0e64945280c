-- Which days lack something that a report needs. What counts is every series that feeds a number: a metric's total, and
-- a breakdown if Klaviyo has ever answered it for the account. A breakdown that it refuses leaves no hole; its columns
-- are null for good.
with

spine as (
    select * from {{ ref('int_account_days_spined') }}
),

metric_days as (
    select * from {{ ref('int_metric_days_counted') }}
    where
        role in (
            'email_delivered', 'email_opened', 'email_clicked', 'email_bounced', 'email_marked_as_spam',
            'email_unsubscribed', 'email_subscribed', 'sms_delivered', 'sms_clicked', 'sms_subscribed',
            'revenue', 'refund'
        )
),

days_read as (
    select * from {{ ref('stg_klaviyo__metric_days_read') }} where breakdown <> 'total' and bucket = 'day'
),

money_breakdowns as (
    select distinct
        days_read.account_id,
        days_read.metric_id,
        days_read.breakdown
    from days_read
    where days_read.breakdown in ('$value_currency', '$attributed_message,$attributed_flow')
),

expected as (
    select
        metric_days.account_id,
        metric_days.date_day,
        metric_days.is_known
        and (money_breakdowns.breakdown is null or days_read.read_at is not null) as is_present
    from metric_days
    left join money_breakdowns
        on metric_days.account_id = money_breakdowns.account_id and metric_days.metric_id = money_breakdowns.metric_id
    left join days_read
        on
            money_breakdowns.account_id = days_read.account_id
            and money_breakdowns.metric_id = days_read.metric_id
            and money_breakdowns.breakdown = days_read.breakdown
            and metric_days.date_day = days_read.date_day
),

absences as (
    select
        account_id,
        date_day
    from expected
    group by account_id, date_day
    having not bool_and(is_present)
),

final as (
    select
        spine.*,
        absences.account_id is not null as is_missing
    from spine
    left join absences on spine.account_id = absences.account_id and spine.date_day = absences.date_day
)

select * from final
