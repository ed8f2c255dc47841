"""From the engine's log to settled state, exactly once."""
