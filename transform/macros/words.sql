{#- The words of a name, in small letters: what two names are compared by. -#}
{% macro words(name) -%}
    regexp_split_to_array(trim(regexp_replace(replace(lower({{ name }}), 'e-mail', 'email'), '[^a-z0-9]+', ' ', 'g')), ' ')
{%- endmacro %}
