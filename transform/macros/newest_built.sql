{#- How far a model has come with each of the `accounts`: the newest `column` among the account's rows in it; null if it has
    none, as the first time. A lateral join, so that an account is looked up once. As a subquery in a list of columns,
    Postgres would look it up again for each row that is joined with it. -#}
{% macro newest_built(accounts, column) -%}
    select
        accounts.account_id,
        {%- if is_incremental() %}
        built.{{ column }}
        {%- else %}
        null::timestamp as {{ column }}
        {%- endif %}
    from {{ accounts }} as accounts
    {%- if is_incremental() %}
    cross join lateral (
        select max(built.{{ column }}) as {{ column }} from {{ this }} as built
        where built.account_id = accounts.account_id
    ) as built
    {%- endif %}
{%- endmacro %}
