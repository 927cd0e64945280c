-- Klaviyo adds up amounts whatever their currency. Broken down by '$value_currency', a day's amount in the account's
-- own currency can be told from the rest. An event without a currency counts as the account's own.
with

metric_days as (
    select * from {{ ref('int_metric_days_counted') }} where role in ('revenue', 'refund')
),

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

days_read as (
    select * from {{ ref('stg_klaviyo__metric_days_read') }} where breakdown = '$value_currency' and bucket = 'day'
),

aggregates as (
    select
        aggregates.*,
        coalesce(upper(aggregates.dimensions ->> '$value_currency'), '') in ('', accounts.currency) as is_own
    from {{ ref('stg_klaviyo__metric_aggregates') }} as aggregates
    inner join accounts on aggregates.account_id = accounts.account_id
    where aggregates.breakdown = '$value_currency' and aggregates.bucket = 'day'
),

split as (
    select
        days_read.account_id,
        days_read.metric_id,
        days_read.date_day,
        coalesce(sum(aggregates.sum_value) filter (where aggregates.is_own), 0) as own_amount,
        coalesce(bool_or(not aggregates.is_own), false) as has_foreign_currency
    from days_read
    left join aggregates
        on
            days_read.account_id = aggregates.account_id
            and days_read.metric_id = aggregates.metric_id
            and days_read.date_day = aggregates.date_day
    group by days_read.account_id, days_read.metric_id, days_read.date_day
),

summed as (
    select
        metric_days.account_id,
        metric_days.date_day,
        metric_days.role,
        bool_and(metric_days.is_known) as is_known,
        bool_and(split.own_amount is not null) as is_split,
        bool_or(coalesce(split.has_foreign_currency, false)) as has_foreign_currency,
        sum(coalesce(split.own_amount, metric_days.sum_value)) as amount
    from metric_days
    left join split
        on
            metric_days.account_id = split.account_id
            and metric_days.metric_id = split.metric_id
            and metric_days.date_day = split.date_day
    group by metric_days.account_id, metric_days.date_day, metric_days.role
),

-- Without the breakdown the total is all there is. It is right while the account has only ever sold in its own
-- currency; after that nobody can say what is in it. Refunds come after the sale, hence "ever before".
final as (
    select
        account_id,
        date_day,
        role,
        is_split,
        has_foreign_currency,
        (
            case
                when is_known and (is_split or not bool_or(has_foreign_currency) over so_far) then amount
            end
        )::numeric(20, 4) as amount
    from summed
    window so_far as (partition by account_id order by date_day)
)

select * from final
