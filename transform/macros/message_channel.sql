{#- Klaviyo writes one channel in several ways, depending on the endpoint. Reports know email, sms, push and whatsapp;
    an unknown channel passes through in lower case and fails the accepted-values test. -#}
{% macro message_channel(column) -%}
    case
        when lower({{ column }}) in ('sms', 'mms', 'text', 'text_message', 'rcs') then 'sms'
        when lower({{ column }}) in ('push', 'mobile_push', 'push_notification', 'push-notification') then 'push'
        else lower({{ column }})
    end
{%- endmacro %}
