"""The engine's and trading's logs, turned into tables and into what Redis shows."""
