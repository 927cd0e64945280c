"""What is done in Postgres to forget a profile.

A forgotten profile's events stay, because the numbers rest on them: under a random name in place of
the profile's id, and without the properties that no number rests on. The profile itself, if it was
loaded, is deleted. Only a digest of its id is kept, to recognise it when it is re-read: triggers
on the raw tables then do the same to each row before it is stored, whichever program stores it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql
from tap_klaviyo.config.privacy import NEEDED

from check.database import exists

if TYPE_CHECKING:
    import psycopg

    Session = psycopg.Connection[Any]

RAW = "tap_klaviyo"
REGISTER = """
create table if not exists tap_klaviyo.forgotten_profiles (
    account_id text not null,
    profile_digest text not null,
    known_as text not null,
    forgotten_at timestamptz not null default now(),
    forgotten_by text not null default session_user,
    primary key (account_id, profile_digest)
);
comment on table tap_klaviyo.forgotten_profiles is
    'Profiles that were forgotten: SHA-256 of their ids, and the names their events have instead.';

create or replace function tap_klaviyo.digest_of_profile(profile_id text) returns text
immutable parallel safe language sql as $$
    select encode(sha256(convert_to(profile_id, 'UTF8')), 'hex')
$$;

create or replace function tap_klaviyo.needed_properties(properties jsonb) returns jsonb
immutable parallel safe language sql as $$
    select coalesce(jsonb_object_agg(key, value), '{{}}') from jsonb_each(properties)
    where jsonb_typeof(properties) = 'object' and key = any({needed}::text[])
$$;

create or replace function tap_klaviyo.forget_event() returns trigger language plpgsql as $$
declare
    name text;
begin
    select known_as into name from tap_klaviyo.forgotten_profiles
    where account_id = new.account_id
    and profile_digest = tap_klaviyo.digest_of_profile(new.profile_id);
    if found then
        new.profile_id := name;
        new.event_properties := tap_klaviyo.needed_properties(new.event_properties::jsonb);
    end if;
    return new;
end
$$;

create or replace function tap_klaviyo.forget_profile() returns trigger language plpgsql as $$
begin
    if exists (
        select from tap_klaviyo.forgotten_profiles
        where account_id = new.account_id
        and profile_digest = tap_klaviyo.digest_of_profile(new.id)
    ) then
        return null;
    end if;
    return new;
end
$$;
"""
TRIGGERS = {"events": "forget_event", "profiles": "forget_profile"}
TRIGGER = """
create or replace trigger forget before insert or update on tap_klaviyo.{table}
for each row execute function tap_klaviyo.{function}()
"""
REMEMBER = """
insert into tap_klaviyo.forgotten_profiles (account_id, profile_digest, known_as)
values (
    %(account)s, tap_klaviyo.digest_of_profile(%(profile)s), 'forgotten-' || gen_random_uuid()
)
on conflict do nothing
"""
# The time of the batch tells the models that the days have changed. The trigger does the rest.
SCRUB = {
    "events": """
        update tap_klaviyo.events set _sdc_batched_at = clock_timestamp() at time zone 'UTC'
        where (account_id, tap_klaviyo.digest_of_profile(profile_id)) in (
            select account_id, profile_digest from tap_klaviyo.forgotten_profiles
        )
    """,
    "profiles": """
        delete from tap_klaviyo.profiles
        where (account_id, tap_klaviyo.digest_of_profile(id)) in (
            select account_id, profile_digest from tap_klaviyo.forgotten_profiles
        )
    """,
}
WITHOUT_TRIGGER = """
select relname from pg_class
where relnamespace = to_regnamespace('tap_klaviyo') and relname = any(%s) and relkind in ('r', 'p')
and not exists (select from pg_trigger where tgrelid = pg_class.oid and tgname = 'forget')
"""


def forget(session: Session, account: str, profiles: list[str]) -> int:
    """Forget profiles of an account, in one transaction.

    Returns:
        How many events were theirs. Forgetting again changes nothing, and finds none.
    """
    with session.transaction():
        needed = sql.Literal(sorted(NEEDED))
        session.execute(sql.SQL(REGISTER).format(needed=needed))
        for profile in profiles:
            session.execute(REMEMBER, {"account": account, "profile": profile})
        for table in _missing(session):
            _watch(session, table)
        return _scrub(session, [table for table in TRIGGERS if exists(session, RAW, table)])


def enforce(session: Session) -> list[str]:
    """Watch raw tables that were created or recreated since a profile was forgotten.

    Returns:
        The tables that had not been watched.
    """
    if not exists(session, RAW, "forgotten_profiles"):
        return []
    with session.transaction():
        tables = _missing(session)
        for table in tables:
            _watch(session, table)
        _scrub(session, tables)
    return tables


def _missing(session: Session) -> list[str]:
    return [name for (name,) in session.execute(WITHOUT_TRIGGER, [list(TRIGGERS)])]


def _watch(session: Session, table: str) -> None:
    parts = {"table": sql.Identifier(table), "function": sql.Identifier(TRIGGERS[table])}
    session.execute(sql.SQL(TRIGGER).format(**parts))


def _scrub(session: Session, tables: list[str]) -> int:
    """Do to the rows that are there what the triggers do to new ones; how many events that was."""
    counts = {table: session.execute(SCRUB[table]).rowcount for table in tables}
    return counts.get("events", 0)
