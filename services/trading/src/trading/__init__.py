"""Accounts, orders, settlement, positions and the ledger."""
