{{ config(indexes=[{'columns': ['account_id', 'date_day', 'channel'], 'unique': true}]) }}

select * from {{ ref('int_channel_days') }}
