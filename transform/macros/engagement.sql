{#- How long ago a person last opened or clicked as a human, from the most engaged to the least. `days` is from then to
    the day of the delivery, null if never. -#}
{% macro engagement_tiers() -%}
    {{ return(['under_30_days', '30_to_89_days', '90_to_179_days', '180_days_or_more', 'never']) }}
{%- endmacro %}

{% macro engagement_tier(days) -%}
    case
        when {{ days }} is null then 'never'
        when {{ days }} < 30 then 'under_30_days'
        when {{ days }} < 90 then '30_to_89_days'
        when {{ days }} < 180 then '90_to_179_days'
        else '180_days_or_more'
    end
{%- endmacro %}
