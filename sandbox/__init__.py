"""A pretend Klaviyo on loopback and an embedded Postgres, for the demo and the tests."""

from sandbox.account.world import World
from sandbox.sandbox import Sandbox

__all__ = ["Sandbox", "World"]
