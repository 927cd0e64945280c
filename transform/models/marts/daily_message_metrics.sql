{{ config(indexes=[
    {'columns': ['account_id', 'message_id', 'date_day'], 'unique': true},
    {'columns': ['account_id', 'date_day']}
]) }}

select * from {{ ref('int_message_days') }}
