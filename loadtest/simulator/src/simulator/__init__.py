"""A market that moves: seeded agents that trade with each other through the public API."""
