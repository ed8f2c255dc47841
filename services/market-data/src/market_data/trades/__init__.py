"""Trades that were made."""
