{{ config(indexes=[{'columns': ['account_id', 'flow_id'], 'unique': true}]) }}

select * from {{ ref('int_flow_health') }}
