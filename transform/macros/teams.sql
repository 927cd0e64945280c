{#- The teams of seeds/team_clients.csv, once it is loaded. -#}
{% macro teams() %}
    {%- set seed = adapter.get_relation(target.database, target.schema ~ '_staging', 'team_clients') if execute -%}
    {%- if seed -%}
        {{ return(run_query('select distinct team from ' ~ seed ~ ' order by 1').columns[0].values() | list) }}
    {%- endif -%}
    {{ return([]) }}
{% endmacro %}

{#- After the seed of the teams, and outside its transaction: Citus makes no schema in one that has changed a table. -#}
{% macro make_workspaces() %}
    {%- if execute and (target.schema == 'analytics' or var('role_prefix')) -%}
        {%- for team in teams() %}{{ make_schema(workspace_of(team)) }}{% endfor -%}
    {%- endif -%}
{% endmacro %}

{#- The schema, and the role, of a team. Postgres would cut a longer name, perhaps to that of another team. -#}
{% macro workspace_of(team) %}
    {%- set workspace = var('role_prefix') ~ 'team_' ~ team -%}
    {%- if workspace.encode() | length > 63 -%}
        {%- do exceptions.raise_compiler_error('The name ' ~ workspace ~ ' is longer than 63 bytes') -%}
    {%- endif -%}
    {{ return(workspace) }}
{% endmacro %}

{#- After a mart is built: the same table in each team's workspace, with the team's clients only. A view in the schema
    `team_<team>`, in the mart's own transaction. What has no client is not for teams. A dashboard that names its tables
    without a schema shows whatever workspace its login belongs to. A second set of tables next to `analytics` has
    workspaces only if `role_prefix` gives them names of their own. -#}
{% macro publish_to_teams(team_clients) %}
    {%- set is_published = target.schema == 'analytics' or var('role_prefix') -%}
    {%- if execute and is_published and 'account_id' in model.columns -%}
        {%- set workspaces, statements = {}, [] -%}
        {#- Postgres builds the statements: agate would take `null` for nothing. -#}
        {%- for team, clients in run_query(
            "select team, string_agg(quote_literal(client), ', ' order by client) from " ~ team_clients
            ~ " where client is not null group by team order by team"
        ).rows -%}
            {%- do workspaces.update({workspace_of(team): clients}) -%}
        {%- endfor -%}
        {#- A team that is no longer in the seed sees nothing any more. -#}
        {%- for workspace in workspaces_with(this.identifier) if workspace not in workspaces -%}
            {%- set view = sql_name(workspace) ~ '.' ~ sql_name(this.identifier) -%}
            {%- do statements.append(patiently('drop view ' ~ view, view)) -%}
        {%- endfor -%}
        {%- for workspace, clients in workspaces.items() -%}
            {%- set view = sql_name(workspace) ~ '.' ~ sql_name(this.identifier) -%}
            {%- do statements.append(make_schema(workspace) ~ replace_view(
                view, 'select * from ' ~ this ~ ' where client in (' ~ clients ~ ')', 'with (security_barrier)'
            )) -%}
        {%- endfor -%}
        {%- do statements.append(isolate_teams(
            'select oid::regclass as name from pg_class where oid = ' ~ sql_text(this) ~ "::regclass and relkind = 'r'"
        )) if var('distributed') -%}
        {{ statements | join(';\n') }}
    {%- endif -%}
{% endmacro %}

{% macro workspaces_with(table) %}
    {{ return(run_query(
        "select nspname::text from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace where relname = "
        ~ sql_text(table) ~ " and starts_with(nspname, " ~ sql_text(var('role_prefix') ~ 'team_')
        ~ ") and reloptions @> '{security_barrier=true}'"
    ).columns[0].values() | list) }}
{% endmacro %}
