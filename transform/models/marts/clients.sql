select * from {{ ref('int_clients') }}
