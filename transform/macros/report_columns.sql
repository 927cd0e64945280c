{#- The columns of Klaviyo's reports that are kept: raw name and ours. Not its rates: a rate is a sum divided by a sum, and
    cannot be combined from rates. -#}
{% macro report_columns() -%}
    {%- set columns = [('recipients', 'recipients')] -%}
    {%- for measure in measures() if measure.report -%}
        {%- do columns.append((measure.report, measure.column)) -%}
    {%- endfor -%}
    {{ return(columns + [('failed', 'failed'), ('conversions', 'orders'), ('conversion_value', 'revenue')]) }}
{%- endmacro %}

{#- The counts of the public tables that come from a report, without revenue. -#}
{% macro report_counts() -%}
    {{ return(['recipients'] + measures() | selectattr('report') | map(attribute='column') | list + ['orders']) }}
{%- endmacro %}

{#- The same, added up over variations and periods. Their people are distinct, because each person gets one variation. Null
    if the channel does not track the action, where Klaviyo reports 0. An SMS that fails counts as bounced. Requires CTEs
    named `reports` and `channels` (int_channel_actions). -#}
{% macro reports_summed() -%}
    {%- for column in ['recipients', 'delivered', 'orders', 'revenue'] %}
        sum(reports.{{ column }}) as {{ column }},
    {%- endfor %}
    {%- for measure in measures() if measure.report and measure.column not in ('delivered', 'bounced') %}
        case
            when bool_or({{ knows('channels', measure.action) }}) or sum(reports.{{ measure.column }}) <> 0
                then sum(reports.{{ measure.column }})
        end as {{ measure.column }},
    {%- endfor %}
    sum(case when reports.channel = 'email' then reports.bounced else reports.bounced + reports.failed end) as bounced
{%- endmacro %}
