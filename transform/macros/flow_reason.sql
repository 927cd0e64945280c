{#- What flow_health tells of a verdict, in a sentence. -#}
{% macro flow_reason() -%}
    case
        when verdicts.verdict = 'trigger_silent'
            then concat('No ', coalesce(flows.trigger_metric, 'new subscriber'), ' since ', verdicts.since_day - 1, '.')
        when verdicts.verdict = 'flow_silent' and verdicts.is_stopped
            then concat('Its status is ', flows.status, '; it last sent on ', verdicts.since_day - 1, '.')
        when verdicts.verdict = 'flow_silent'
            then concat('Live and started as usual, but it last sent on ', verdicts.since_day - 1, '.')
        when verdicts.verdict = 'no_one_qualifies' and verdicts.since_day is null
            then concat('Started ', verdicts.triggers_28_days, ' times in 28 days, and its filters let nothing through.')
        when verdicts.verdict = 'no_one_qualifies'
            then concat('Its filters let nothing through since it was changed on ', flows.changed_on, '.')
        when verdicts.verdict = 'message_draft'
            then concat(flows.draft_steps, ' of its ', flows.steps, ' messages do not send by themselves.')
        when verdicts.verdict = 'decaying'
            then concat('As many messages bring ', round(100 * verdicts.share_lost), ' % fewer clicks than before.')
        when verdicts.verdict = 'off' then concat('Its status is ', coalesce(flows.status, 'unknown'), '.')
        when verdicts.verdict = 'unknown' then 'It has not sent anything in the days that are known.'
    end
{%- endmacro %}
