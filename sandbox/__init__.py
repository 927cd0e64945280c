"""A mock Klaviyo on loopback and an embedded Postgres, for the demo and the tests."""

from sandbox.account.world import World
from sandbox.postgres import Postgres, target_settings
from sandbox.postgres_programs import PostgresError
from sandbox.sandbox import Sandbox

__all__ = ["Postgres", "PostgresError", "Sandbox", "World", "target_settings"]
