"""Open, high, low, close and volume of stretches of time."""
