"""A service, for tests, that follows a log."""
