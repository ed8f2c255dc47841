"""The invariants of this service's data, proved in SQL."""
