"""Live: the engine's log followed in memory, and what it says pushed to websockets."""
