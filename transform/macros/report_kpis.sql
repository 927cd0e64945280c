{#- The numbers of a client's report, in its order.

    kpi: its name in report_facts.
    unit: `count`, `money` or `ratio`.
    label: its name in a sentence.
    value: SQL over int_report_sums.
    is_higher_better: null if that depends.
    bounds: the row of seeds/health_parts.csv that a rate is held against. -#}
{% macro report_kpis() -%}
    {%- set columns = ['kpi', 'unit', 'label', 'value', 'is_higher_better', 'bounds'] -%}
    {%- set rows = [
        ('revenue', 'money', 'Store revenue', 'revenue', 'true', none),
        ('orders', 'count', 'Orders', 'orders', 'true', none),
        ('attributed_revenue', 'money', 'Attributed revenue', 'attributed_revenue', 'true', none),
        ('attributed_share', 'ratio', 'Share of store revenue', rate('attributed_revenue', 'revenue'), 'true', none),
        ('attributed_orders', 'count', 'Attributed orders', 'attributed_orders', 'true', none),
        ('campaign_revenue', 'money', 'Attributed to campaigns', 'campaign_revenue', 'true', none),
        ('flow_revenue', 'money', 'Attributed to flows', 'flow_revenue', 'true', none),
        ('email_delivered', 'count', 'Emails delivered', 'email_delivered', 'null', none),
        ('email_revenue_per_recipient', 'money', 'Revenue per email', rate('email_revenue', 'email_delivered'), 'true',
         none),
        ('human_open_rate', 'ratio', 'Open rate', rate('human_opened_deliveries', 'deliveries'), 'true', 'open'),
        ('human_click_rate', 'ratio', 'Click rate', rate('human_clicked_deliveries', 'deliveries'), 'true', 'click'),
        ('bounce_rate', 'ratio', 'Bounce rate', rate('email_bounced', 'email_delivered + email_bounced'), 'false',
         'bounce'),
        ('unsubscribe_rate', 'ratio', 'Unsubscribe rate', rate('unsubscribed_deliveries', 'deliveries'), 'false',
         'unsubscribe'),
        ('spam_complaint_rate', 'ratio', 'Spam complaint rate', rate('complained_deliveries', 'deliveries'), 'false',
         'spam'),
        ('sms_delivered', 'count', 'SMS delivered', 'sms_delivered', 'null', none),
        ('subscribes', 'count', 'New subscribers', 'subscribes', 'true', none),
        ('email_unsubscribes', 'count', 'Email unsubscribes', 'email_unsubscribes', 'false', none),
    ] -%}
    {%- set kpis = [] -%}
    {%- for row in rows %}{% do kpis.append(dict(zip(columns, row))) %}{% endfor -%}
    {{ return(kpis) }}
{%- endmacro %}

{#- The sums that they are made of: of a client's days, and of its days of email. -#}
{% macro report_client_sums() -%}
    {{ return([
        'revenue', 'orders', 'attributed_revenue', 'attributed_orders', 'campaign_revenue', 'flow_revenue',
        'email_delivered', 'email_bounced', 'sms_delivered', 'subscribes', 'email_unsubscribes'
    ]) }}
{%- endmacro %}

{% macro report_email_sums() -%}
    {{ return([
        ('email_revenue', 'attributed_revenue'), ('deliveries', 'deliveries'),
        ('human_opened_deliveries', 'human_opened_deliveries'), ('human_clicked_deliveries', 'human_clicked_deliveries'),
        ('unsubscribed_deliveries', 'unsubscribed_deliveries'), ('complained_deliveries', 'complained_deliveries')
    ]) }}
{%- endmacro %}
