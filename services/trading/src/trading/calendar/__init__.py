"""The market's days."""
