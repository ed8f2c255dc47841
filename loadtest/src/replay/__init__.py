"""Replays recorded real order flow through the platform's public API and compares the trades."""
