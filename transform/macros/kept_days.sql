{#- Days whose raw events were deleted (`python -m retention`). What rests on raw events keeps its rows of those days,
    whatever is rebuilt: `meta: {rests_on_events: true}` says that a model does. Its rows have `account_id` and
    `date_day`. The register is there once something was deleted. -#}
{% macro event_retention() -%}
    {%- if execute and config.get('meta', {}).get('rests_on_events') -%}
        {{ return(load_relation(api.Relation.create(
            database=target.database, schema=var('raw_schema'), identifier='event_retention'
        ))) }}
    {%- endif -%}
{%- endmacro %}

{#- A condition: the events of a row's day are still there, or else ones that are gone. -#}
{% macro has_its_events(rows) -%}
    {%- set register = event_retention() -%}
    {%- if register -%}
        not exists (
            select from {{ register }} as retention
            where retention.account_id = {{ rows }}.account_id and {{ rows }}.date_day < retention.kept_from
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Rows of days without events cannot be computed again, so a forgotten person is taken out of them here. -#}
{% macro forget_in_kept_days() -%}
    {%- set register = event_retention() -%}
    {%- set forgotten = load_relation(api.Relation.create(
        database=target.database, schema=var('raw_schema'), identifier='forgotten_profiles'
    )) if register -%}
    {%- if forgotten -%}
        update {{ this }} as built
        set profile_id = forgotten.known_as
        from {{ forgotten }} as forgotten
        where
            built.account_id = forgotten.account_id
            and {{ sql_name(var('raw_schema')) }}.digest_of_profile(built.profile_id) = forgotten.profile_digest
            and not {{ has_its_events('built') }}
    {%- endif -%}
{%- endmacro %}
