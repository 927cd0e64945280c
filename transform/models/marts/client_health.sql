{{ config(indexes=[{'columns': ['account_id', 'date_day'], 'unique': true}]) }}

select * from {{ ref('int_client_health') }}
