"""API keys: how a program signs in for its user."""
