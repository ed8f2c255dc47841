"""What orders cost: tiers of rates, and which account has which."""
