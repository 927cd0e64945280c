{{ config(
    materialized='incremental',
    unique_key='account_id',
    full_refresh=false,
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['account_id'], 'unique': true}]
) }}

-- What the counting of an account's events rests on: its time zone and currencies, and what its metrics mean. When any
-- of that changes, in Klaviyo or in seeds/metric_roles.csv, all its days have to be counted again. A full refresh
-- leaves it as it is: otherwise an interrupted one would lose what the other tables rest on.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

currencies as (
    select
        account_id,
        string_agg(concat_ws(':', currency, nullif(valid_from, '-infinity')), ' ' order by valid_from) as all_currencies
    from {{ ref('int_currency_periods') }}
    group by account_id
),

metrics as (
    select
        account_id,
        concat_ws(':', metric_id, role, channel) as meaning
    from {{ ref('int_metrics') }}
    where action is not null or role = 'revenue'
),

last_reads as (
    select
        account_id,
        max(read_at) as read_at
    from {{ ref('int_event_day_reads') }}
    group by account_id
),

bases as (
    select
        accounts.account_id,
        concat_ws(
            ' ',
            accounts.timezone,
            currencies.all_currencies,
            string_agg(metrics.meaning, ' ' order by metrics.meaning)
        ) as basis
    from accounts
    left join currencies on accounts.account_id = currencies.account_id
    left join metrics on accounts.account_id = metrics.account_id
    group by accounts.account_id, accounts.timezone, currencies.all_currencies
),

known as (
    {%- if is_incremental() %}
        select * from {{ this }}
    {%- else %}
        select
            account_id,
            basis,
            null::timestamp as changed_at
        from bases
    {%- endif %}
)

select
    bases.account_id,
    bases.basis,
    case
        when known.basis <> bases.basis
            then greatest(last_reads.read_at, known.changed_at) + interval '1 microsecond'
        else known.changed_at
    end as changed_at
from bases
left join known on bases.account_id = known.account_id
left join last_reads on bases.account_id = last_reads.account_id
