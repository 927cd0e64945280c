{#- The columns of Klaviyo's reports that are kept: raw name and ours. Not its rates: a rate is a sum divided by a sum, and
    cannot be combined from rates. The return on SMS is kept, because only Klaviyo knows the currency of their cost. -#}
{% macro report_columns() -%}
    {%- set columns = [('recipients', 'recipients')] -%}
    {%- for measure in measures() if measure.report -%}
        {%- do columns.append((measure.report, measure.column)) -%}
    {%- endfor -%}
    {{ return(columns + [
        ('failed', 'failed'), ('conversions', 'orders'), ('conversion_value', 'revenue'),
        ('message_segment_count_sum', 'sms_segments'), ('text_message_credit_usage_amount', 'sms_credits'),
        ('text_message_spend', 'sms_spend'), ('text_message_roi', 'sms_roi')
    ]) }}
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
    {%- for column in ['sms_segments', 'sms_credits', 'sms_spend'] %}
        case when bool_or(reports.channel = 'sms') or sum(reports.{{ column }}) <> 0 then sum(reports.{{ column }}) end
            as {{ column }},
    {%- endfor %}
    case
        when count(*) filter (where reports.sms_spend <> 0 and reports.sms_roi is null) = 0
            then sum(reports.sms_roi * reports.sms_spend) / nullif(sum(reports.sms_spend), 0)
    end as sms_roi,
    sum(case when reports.channel = 'email' then reports.bounced else reports.bounced + reports.failed end) as bounced
{%- endmacro %}

{#- What SMS cost, in the public tables: columns of the report and their types. -#}
{% macro report_costs(relation) -%}
    {%- for column, type in [
        ('segments', 'bigint'), ('credits', 'numeric(20, 4)'), ('spend', 'numeric(20, 4)'), ('roi', 'numeric(12, 6)')
    ] %}
        {{ relation }}.sms_{{ column }}::{{ type }} as send_sms_{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
