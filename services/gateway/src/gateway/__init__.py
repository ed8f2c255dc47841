"""The one front door: routing, identity, limits, retries and breakers."""
