{{ config(indexes=[
    {'columns': ['account_id', 'date_day'], 'unique': true},
    {'columns': ['date_day']}
]) }}

select * from {{ ref('int_client_days') }}
