{{ config(indexes=[{'columns': ['account_id', 'message_id'], 'unique': true}]) }}

select * from {{ ref('int_messages') }}
