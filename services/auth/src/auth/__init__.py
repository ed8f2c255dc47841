"""Users, sessions, API keys and the keys that sign their tokens."""
