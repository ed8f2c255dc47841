"""Trades, bars, quotes and books, built from the engine's event log."""
