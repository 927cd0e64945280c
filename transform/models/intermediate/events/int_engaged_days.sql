{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    indexes=[
        {'columns': ['account_id', 'profile_id', 'kind', 'date_day'], 'unique': true},
        {'columns': ['account_id', 'date_day']},
        {'columns': ['account_id', 'read_at']}
    ]
) }}

-- Days on which a person opened or clicked as a human, or ordered: what can be asked of a person's past without reading
-- all events again.
with

days_read as (
    {{ days_read_since_last_build() }}
),

metrics as (
    select
        account_id,
        metric_id,
        case when role = 'revenue' then 'ordered' else channel end as kind
    from {{ ref('int_metrics') }}
    where role = 'revenue' or (action in ('opened', 'clicked') and channel is not null)
)

select distinct
    days_read.account_id,
    person_days.profile_id,
    metrics.kind,
    days_read.date_day,
    days_read.read_at
from days_read
{{ join_few(
    ref('int_person_days'), 'person_days',
    'days_read.account_id = person_days.account_id and days_read.date_day = person_days.date_day'
) }}
inner join metrics on days_read.account_id = metrics.account_id and person_days.metric_id = metrics.metric_id
where person_days.profile_id <> '' and (metrics.kind = 'ordered' or person_days.human_count > 0)
