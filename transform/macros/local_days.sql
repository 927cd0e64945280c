{#- Raw timestamps hold UTC and have no zone. A report's day is the account's own day, so both macros take the
    account's IANA zone. Postgres knows when that zone changes its clocks. -#}

{#- The local day of a UTC timestamp. -#}
{% macro local_date(utc_timestamp, timezone) -%}
    (({{ utc_timestamp }}) at time zone 'UTC' at time zone {{ timezone }})::date
{%- endmacro %}

{#- The UTC timestamp at which a local day starts: 23 or 25 hours before the next one when clocks change. -#}
{% macro local_day_start(local_day, timezone) -%}
    (({{ local_day }})::timestamp at time zone {{ timezone }} at time zone 'UTC')
{%- endmacro %}
