{#- A quartile over clients; none while they are so few that one could be read off. -#}
{% macro quartile(share) -%}
    (
        case when count(value) >= {{ var('portfolio_minimum_clients') }}
            then percentile_cont({{ share }}) within group (order by value)
        end
    )::numeric(20, 6)
{%- endmacro %}
