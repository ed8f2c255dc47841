"""A service, for tests, that keeps a log."""
