{#- The roles of what people do in a shop, as a list for `in (…)`. -#}
{% macro shop_roles() -%}
    'viewed_product', 'added_to_cart', 'started_checkout', 'revenue'
{%- endmacro %}
