-- What the models call of Citus, on a Postgres without it. Nothing is spread, but a table is refused where Citus would
-- refuse it: without the column, with a key that lacks it, temporary, next to a table that is not distributed, or twice.
create table stubbed_tables (oid oid primary key, partmethod "char" not null, partkey name);

create view pg_dist_partition as
select oid::regclass as logicalrelid, partmethod, partkey from stubbed_tables
where exists (select from pg_class where pg_class.oid = stubbed_tables.oid);

grant select on pg_dist_partition to public;

create function refuse_what_citus_refuses(relation regclass) returns void language plpgsql as $$
begin
    if exists (select from pg_dist_partition where logicalrelid = relation) then
        raise exception 'table % is already distributed', relation;
    elsif (select relpersistence = 't' or relkind not in ('r', 'p') from pg_class where oid = relation) then
        raise exception '% is temporary, or no table', relation;
    end if;
    delete from stubbed_tables where oid = relation;  -- of a table that is gone
end
$$;

create function create_distributed_table(
    table_name regclass, distribution_column text, colocate_with text default 'default'
) returns void language plpgsql security definer as $$
declare
    key smallint := (
        select attnum from pg_attribute where attrelid = table_name and attname = distribution_column and not attisdropped
    );
begin
    perform refuse_what_citus_refuses(table_name);
    if key is null then
        raise exception 'column "%" of relation "%" does not exist', distribution_column, table_name;
    elsif exists (select from pg_index where indrelid = table_name and indisunique and key <> all (indkey)) then
        raise exception 'cannot create constraint on "%": it has no "%"', table_name, distribution_column;
    elsif colocate_with not in ('default', 'none') and not exists (
        select from pg_dist_partition where logicalrelid = colocate_with::regclass and partmethod = 'h'
    ) then
        raise exception 'relation % is not distributed', colocate_with;
    end if;
    insert into stubbed_tables values (table_name, 'h', distribution_column);
end
$$;

create function create_reference_table(table_name regclass) returns void language plpgsql security definer as $$
begin
    perform refuse_what_citus_refuses(table_name);
    insert into stubbed_tables values (table_name, 'n', null);
end
$$;
