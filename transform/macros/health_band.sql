{#- Klaviyo's own bands for its deliverability score. -#}
{% macro health_band(score) -%}
    case
        when {{ score }} is null then 'unscored'
        when {{ score }} >= 90 then 'excellent'
        when {{ score }} >= 75 then 'good'
        when {{ score }} >= 50 then 'fair'
        else 'poor'
    end
{%- endmacro %}
