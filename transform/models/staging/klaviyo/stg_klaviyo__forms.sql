with

source as (
    {{ raw_table_if_any('forms', {
        'account_id': 'text',
        'id': 'text',
        'name': 'text',
    }) }}
),

renamed as (
    select
        account_id,
        id as form_id,

        name as form_name
    from source
)

select * from renamed
