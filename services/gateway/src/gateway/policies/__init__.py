"""The rules that a request must pass, one file each. `gateway.main` says in which order."""
