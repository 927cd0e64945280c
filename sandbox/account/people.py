"""The people a brand writes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from sandbox.account.ids import long_id

if TYPE_CHECKING:
    from sandbox.account.story import Brand

_FIRST = (
    "Ada",
    "Bo",
    "Chloé",
    "Dina",
    "Emil",
    "Freja",
    "Grace",
    "Hugo",
    "Ines",
    "Jun",
    "Kai",
    "Lea",
)
_LAST = ("Ashby", "Berg", "Costa", "Dahl", "Evans", "Fischer", "Green", "Holm", "Ito", "Jansen")
# Domain, inbox provider, whether the mail app opens mail by itself, share in per cent.
_DOMAINS = (
    ("gmail.example", "Gmail", False, 46),
    ("icloud.example", "Apple", True, 22),
    ("outlook.example", "Outlook", False, 14),
    ("yahoo.example", "Yahoo", False, 10),
    ("corp.example", "Other", False, 8),
)


@dataclass(frozen=True)
class Person:
    """A profile. Addresses are in a domain that cannot exist."""

    id: str
    number: int
    first_name: str
    last_name: str
    email: str
    phone_number: str
    domain: str
    provider: str
    opens_by_itself: bool
    is_scanned: bool


@lru_cache(maxsize=32)
def people_of(brand: Brand, seed: int, count: int) -> tuple[Person, ...]:
    """The brand's `count` people; a larger count keeps the smaller one's people."""
    rng = Random(f"{seed}:{brand.client}:people")  # noqa: S311 - invented data, not a secret
    return tuple(_person(brand, seed, number, rng) for number in range(count))


def _person(brand: Brand, seed: int, number: int, rng: Random) -> Person:
    domain, provider, by_itself, _ = rng.choices(_DOMAINS, [row[3] for row in _DOMAINS])[0]
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return Person(
        id=long_id(seed, brand.client, "profile", number),
        number=number,
        first_name=first,
        last_name=last,
        email=f"person{number}@{domain}",
        phone_number=f"+1500555{number:04d}",
        domain=domain,
        provider=provider,
        opens_by_itself=by_itself,
        is_scanned=provider == "Other",
    )
