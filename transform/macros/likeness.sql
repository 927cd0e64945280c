{#- How much two names have in common: the words that are in both, of the words in either, from 0 to 1. -#}
{% macro likeness(name, other) -%}
    cardinality(array(select unnest({{ words(name) }}) intersect select unnest({{ words(other) }})))::numeric
    / cardinality(array(select unnest({{ words(name) }}) union select unnest({{ words(other) }})))
{%- endmacro %}

{% macro words(name) -%}
    regexp_split_to_array(
        trim(regexp_replace(replace(lower({{ name }}), 'e-mail', 'email'), '[^a-z0-9]+', ' ', 'g')), ' '
    )
{%- endmacro %}
