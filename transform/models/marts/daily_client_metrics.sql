{{ config(indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}, {'columns': ['date_day']}]) }}

-- A whole table on every run: it is a row per account and day.
with

days as (
    select * from {{ ref('int_account_days_completed') }}
),

role_days as (
    select * from {{ ref('int_role_days_summed') }}
),

money as (
    select * from {{ ref('int_money_days_summed') }}
),

rates as (
    select * from {{ ref('int_fx_days_converted') }}
),

attribution as (
    select * from {{ ref('int_attribution_days_summed') }}
),

roles_as_columns as (
    select
        account_id,
        date_day,
        max(event_count) filter (where role = 'email_delivered') as email_delivered,
        max(event_count) filter (where role = 'email_opened') as email_opens,
        max(unique_profiles) filter (where role = 'email_opened') as email_unique_opens,
        max(event_count) filter (where role = 'email_clicked') as email_clicks,
        max(unique_profiles) filter (where role = 'email_clicked') as email_unique_clicks,
        max(event_count) filter (where role = 'email_bounced') as email_bounced,
        max(event_count) filter (where role = 'email_marked_as_spam') as email_spam_complaints,
        max(event_count) filter (where role = 'email_unsubscribed') as email_unsubscribes,
        max(event_count) filter (where role = 'sms_delivered') as sms_delivered,
        max(event_count) filter (where role = 'sms_clicked') as sms_clicks,
        max(event_count) filter (where role = 'email_subscribed') as email_subscribes,
        max(event_count) filter (where role = 'sms_subscribed') as sms_subscribes,
        max(event_count) filter (where role = 'revenue') as orders
    from role_days
    group by account_id, date_day
),

final as (
    select
        days.account_id,
        days.client,
        days.date_day,
        days.currency,
        roles_as_columns.email_delivered::bigint as email_delivered,
        roles_as_columns.email_opens::bigint as email_opens,
        roles_as_columns.email_unique_opens::bigint as email_unique_opens,
        roles_as_columns.email_clicks::bigint as email_clicks,
        roles_as_columns.email_unique_clicks::bigint as email_unique_clicks,
        roles_as_columns.email_bounced::bigint as email_bounced,
        roles_as_columns.email_spam_complaints::bigint as email_spam_complaints,
        roles_as_columns.email_unsubscribes::bigint as email_unsubscribes,
        roles_as_columns.sms_delivered::bigint as sms_delivered,
        roles_as_columns.sms_clicks::bigint as sms_clicks,
        (roles_as_columns.email_subscribes + roles_as_columns.sms_subscribes)::bigint as subscribes,
        roles_as_columns.orders::bigint as orders,
        revenue.amount as revenue,
        abs(refund.amount)::numeric(20, 4) as refunds,
        attribution.orders::bigint as attributed_orders,
        (attribution.campaign_amount + attribution.flow_amount)::numeric(20, 4) as attributed_revenue,
        attribution.campaign_amount as campaign_revenue,
        attribution.flow_amount as flow_revenue,
        days.is_settled,
        days.is_missing,
        '{{ var("reporting_currency") }}' as reporting_currency,
        rates.reporting_rate,
        (revenue.amount * rates.reporting_rate)::numeric(20, 4) as revenue_reporting,
        ((attribution.campaign_amount + attribution.flow_amount) * rates.reporting_rate)::numeric(20, 4)
            as attributed_revenue_reporting
    from days
    inner join roles_as_columns
        on days.account_id = roles_as_columns.account_id and days.date_day = roles_as_columns.date_day
    left join money as revenue
        on days.account_id = revenue.account_id and days.date_day = revenue.date_day and revenue.role = 'revenue'
    left join money as refund
        on days.account_id = refund.account_id and days.date_day = refund.date_day and refund.role = 'refund'
    left join rates on days.account_id = rates.account_id and days.date_day = rates.date_day
    left join attribution on days.account_id = attribution.account_id and days.date_day = attribution.date_day
)

select * from final
