"""The best bid and offer."""
