{{ config(pre_hook=hash_joins(), indexes=[
    {'columns': ['account_id', 'form_id', 'form_version_id', 'date_day'], 'unique': true}
]) }}

with

days as (
    select * from {{ ref('int_account_days') }}
),

series as (
    select * from {{ ref('stg_klaviyo__form_version_series') }}
),

forms as (
    select * from {{ ref('stg_klaviyo__forms') }}
)

select
    days.account_id,
    days.client,
    days.date_day,
    series.form_id,
    series.form_version_id,
    forms.form_name,
    series.viewed,
    series.viewed_people,
    series.closed,
    series.submitted,
    {{ rate('series.submitted', 'series.viewed') }} as submit_rate,
    days.is_over
from days
inner join series on days.account_id = series.account_id and days.date_day = series.date_day
left join forms on series.account_id = forms.account_id and series.form_id = forms.form_id
