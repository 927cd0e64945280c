with

source as (
    {{ raw_table_if_any('tags', {
        'account_id': 'text',
        'id': 'text',
        'name': 'text',
        'tag_group_name': 'text',
    }) }}
),

renamed as (
    select
        account_id,
        id as tag_id,

        name as tag_name,
        tag_group_name
    from source
)

select * from renamed
