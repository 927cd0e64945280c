{{ config(
    materialized='incremental',
    unique_key=['account_id', 'valid_from'],
    full_refresh=false,
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['account_id', 'valid_from'], 'unique': true}]
) }}

-- Since which local day an account has had its currency: Klaviyo tells the present one alone, so a change is written
-- down when it is seen, and old days keep what they were counted in. It cannot be found out again; a full refresh
-- leaves it as it is.
with

accounts as (
    select * from {{ ref('stg_klaviyo__accounts') }}
),

last_reads as (
    select
        account_id,
        max(read_at) as read_at
    from {{ ref('stg_klaviyo__metric_aggregate_reads') }}
    group by account_id
),

known as (
    {%- if is_incremental() %}
        select distinct on (account_id) *
        from {{ this }}
        order by account_id asc, valid_from desc
    {%- else %}
        select
            account_id,
            '-infinity'::date as valid_from,
            currency
        from accounts
        where false
    {%- endif %}
)

select
    accounts.account_id,
    case
        when known.account_id is null then '-infinity'
        else {{ local_date('last_reads.read_at', 'accounts.timezone') }}
    end::date as valid_from,
    accounts.currency
from accounts
inner join last_reads on accounts.account_id = last_reads.account_id
left join known on accounts.account_id = known.account_id
where known.account_id is null or accounts.currency <> known.currency
