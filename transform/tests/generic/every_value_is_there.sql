{#- Each of the values is in the column of at least one row that meets the condition. -#}
{% test every_value_is_there(model, column, values, among) %}
    select expected.value
    from unnest(array['{{ values | join("', '") }}']) as expected (value)
    where not exists (
        select from {{ model }}
        where {{ column }} = expected.value and {{ among }}
    )
{% endtest %}
