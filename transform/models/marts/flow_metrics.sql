{{ config(indexes=[{'columns': ['account_id', 'message_id', 'date_day'], 'unique': true}]) }}

select * from {{ ref('int_flow_days') }}
