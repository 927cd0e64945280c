{#- A country of an address as its two letters (ISO 3166): Klaviyo has either these or an English name. Null for a name that
    seeds/calendar.csv has no use for. -#}
{% macro country_code(country) -%}
    case
        when {{ country }} ~ '^[A-Za-z]{2}$' then upper({{ country }})
        {%- for name, code in [
            ('united states', 'US'), ('united kingdom', 'GB'), ('canada', 'CA'), ('australia', 'AU'), ('new zealand', 'NZ'),
            ('ireland', 'IE'), ('germany', 'DE'), ('austria', 'AT'), ('switzerland', 'CH'), ('france', 'FR'), ('spain', 'ES'),
            ('italy', 'IT'), ('netherlands', 'NL'), ('belgium', 'BE'), ('denmark', 'DK'), ('sweden', 'SE'), ('norway', 'NO'),
            ('finland', 'FI'), ('poland', 'PL'), ('portugal', 'PT')
        ] %}
        when lower({{ country }}) = '{{ name }}' then '{{ code }}'
        {%- endfor %}
    end
{%- endmacro %}
