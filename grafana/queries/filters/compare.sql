select
    'the period before' as __text,
    'before' as __value,
    0 as place
union all
select
    '364 days before',
    'year',
    1
order by place
