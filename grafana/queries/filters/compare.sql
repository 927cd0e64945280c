select
    'the period before' as __text,
    'before' as __value
union all
select
    '364 days before',
    'year'
order by __value
