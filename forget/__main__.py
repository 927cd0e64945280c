"""`python -m forget` forgets a person of a client: an erasure request, for the data kept here."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from check.database import connect, exists
from check.settings import ROOT, read
from forget.profiles import RAW, forget

if TYPE_CHECKING:
    Session = psycopg.Connection[Any]

BY_ADDRESS = """
select id from tap_klaviyo.profiles
where account_id = %(account)s
and encode(sha256(convert_to(lower(email), 'UTF8')), 'hex') = %(digest)s
"""


class UnknownError(Exception):
    """There is no such client or person; says what to do."""


def main(arguments: list[str]) -> int:
    """Forget one or several profiles of a client; 1 if nothing was changed."""
    chosen = _arguments(arguments)
    try:
        with connect(read(chosen.env_file), read_only=False) as session:
            account = _account(session, chosen.client)
            profiles = chosen.profile or _by_address(session, account, chosen.email_sha256)
            events = forget(session, account, profiles)
    except (UnknownError, psycopg.Error) as error:
        sys.stderr.write(f"Nothing was changed. {' '.join(str(error).split())}\n")
        return 1
    sys.stdout.write(
        f"{events} events of {chosen.client} no longer name the person. The next build takes the "
        "id out of the tables made from them: make build\n"
    )
    return 0


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m forget", description=__doc__)
    parser.add_argument("--env-file", type=Path, default=ROOT / ".env")
    parser.add_argument("client", help="the agency's short name of the account")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--profile", action="append", help="Klaviyo's id of the profile; repeatable")
    who.add_argument(
        "--email-sha256",
        help="SHA-256 of the address in small letters, if the stream profiles is loaded",
    )
    return parser.parse_args(arguments)


def _account(session: Session, client: str) -> str:
    query = "select account_id from tap_klaviyo.accounts where client = %s"
    row = session.execute(query, [client]).fetchone()
    if row is None:
        msg = f"No account of the client {client} has been loaded."
        raise UnknownError(msg)
    return str(row[0])


def _by_address(session: Session, account: str, digest: str) -> list[str]:
    found = []
    if exists(session, RAW, "profiles"):
        asked = {"account": account, "digest": digest.lower()}
        found = [one for (one,) in session.execute(BY_ADDRESS, asked)]
    if not found:
        msg = "No loaded profile has this address: look the id up in Klaviyo, and pass --profile."
        raise UnknownError(msg)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
