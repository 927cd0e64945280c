with

source as (
    {{ raw_table_if_any('segments', {
        'account_id': 'text',
        'id': 'text',
        'name': 'text',
        'tag_ids': 'jsonb',
    }) }}
),

renamed as (
    select
        account_id,
        id as segment_id,

        name as segment_name,
        tag_ids
    from source
)

select * from renamed
