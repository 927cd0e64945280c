"""The invented shops: who they are, what happens to them, and what that adds up to."""
