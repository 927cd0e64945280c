{#- The counts of Klaviyo's reports that we keep, as raw column and our name. Its rates are left out: a rate is a sum over
    a sum, and cannot be put together from rates. -#}
{% macro report_columns() -%}
    {{ return([
        ('recipients', 'recipients'),
        ('delivered', 'delivered'),
        ('opens', 'opens'),
        ('opens_unique', 'unique_opens'),
        ('clicks', 'clicks'),
        ('clicks_unique', 'unique_clicks'),
        ('bounced', 'bounced'),
        ('failed', 'failed'),
        ('unsubscribe_uniques', 'unsubscribes'),
        ('spam_complaints', 'spam_complaints'),
        ('conversions', 'orders'),
        ('conversion_value', 'revenue'),
    ]) }}
{%- endmacro %}

{#- The same, added up over variations and spans: their people are not the same ones, because each person gets one of
    them. Null for what the channel does not know, where Klaviyo says 0. A text that fails is to a reader what an e-mail is
    that bounces. Wants the relations `reports` and `channels` (int_channel_actions). -#}
{% macro reports_summed() -%}
    {%- for column in ['recipients', 'delivered', 'orders', 'revenue'] %}
        sum(reports.{{ column }}) as {{ column }},
    {%- endfor %}
    {%- for column, action in message_counts() if column not in ('delivered', 'bounced') %}
        case
            when bool_or({{ knows('channels', action) }}) or sum(reports.{{ column }}) <> 0
                then sum(reports.{{ column }})
        end as {{ column }},
    {%- endfor %}
    sum(case when reports.channel = 'email' then reports.bounced else reports.bounced + reports.failed end) as bounced
{%- endmacro %}
