{#- How far a KPI usually is from the usual: the median distance, put on the scale of a standard deviation (1.4826); but
    never less than a twentieth of the usual, or than chance alone would give, by the number of things it decides about.
    Orders differ in their amounts, hence the 2. What people plan comes in steps: whatever was seen is usual. -#}
{% macro anomaly_spread(weeks, expected, median_distance) -%}
    greatest(
        1.4826 * {{ median_distance }},
        0.05 * abs({{ expected }}),
        case when {{ weeks }}.is_planned then {{ weeks }}.range_seen / 2 end,
        case {{ weeks }}.unit
            when 'count' then sqrt(greatest({{ expected }}, 1))
            when 'ratio' then sqrt({{ weeks }}.pooled_rate * greatest(0, 1 - {{ weeks }}.pooled_rate) / {{ weeks }}.trials)
            when 'money' then {{ expected }} * sqrt(2 / greatest({{ weeks }}.trials_per_week, 1))
        end
    )::numeric
{%- endmacro %}

{#- Nothing at all of what always happens. Of small numbers chance gives such a wide spread that 0 is within it; but it does
    not give 0. A send that was not planned is none. -#}
{% macro is_silence(compared, kpis) -%}
    (
        {{ compared }}.value = 0
        and {{ compared }}.expected >= {{ var('anomaly_silence') }}
        and {{ kpis }}.unit = 'count'
        and not {{ kpis }}.is_planned
    )
{%- endmacro %}
