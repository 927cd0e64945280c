{#- The claim is true of every row. A claim that comes out null fails too, so that no row slips through: say
    `x is null or x >= 0` where null is allowed. -#}
{% test holds(model, claim) %}
    select *
    from {{ model }}
    where ({{ claim }}) is not true
{% endtest %}
