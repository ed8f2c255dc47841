"""The rules of orders and money, pure: no database, no clock, no network, nothing of ours imported."""
