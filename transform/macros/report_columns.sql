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
