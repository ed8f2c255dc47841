"""Proving that the record is what was written down."""
