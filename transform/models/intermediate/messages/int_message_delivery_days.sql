{{ config(materialized='view') }}

-- What has become of a message's deliveries of a day, over all channels and mailbox providers.
select
    account_id,
    message_id,
    date_day,
{%- for column, _, _ in answers() %}
    sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
from {{ ref('int_delivery_days') }}
group by account_id, message_id, date_day
