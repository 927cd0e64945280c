with

source as (
    {{ raw_table_if_any('lists', {
        'account_id': 'text',
        'id': 'text',
        'name': 'text',
        'tag_ids': 'jsonb',
    }) }}
),

renamed as (
    select
        account_id,
        id as list_id,

        name as list_name,
        tag_ids
    from source
)

select * from renamed
