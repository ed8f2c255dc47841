"""Sessions: a log-in, and the refresh tokens that keep it alive."""
