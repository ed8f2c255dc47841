"""The seeded fault run: thousands of orders, hundreds of faults, and a client that remembers every word it was told.

Read in this order: `plan` (what goes wrong, and when, from a seed), `stage` (the processes), `trader` (a client that
obeys Alpaca's rules), `faults` (how each fault is done), `run` (the three together), `check` (what must hold after).
"""
