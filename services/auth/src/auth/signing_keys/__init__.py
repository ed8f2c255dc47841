"""Signing keys: what makes a token ours, and how others can tell."""
