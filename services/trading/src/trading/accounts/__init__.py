"""Accounts of this brokerage."""
