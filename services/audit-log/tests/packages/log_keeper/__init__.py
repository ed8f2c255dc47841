"""What auth and trading are to the worker: services that keep a log."""
