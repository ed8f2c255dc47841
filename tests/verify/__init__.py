"""What no service can prove alone: that engine, trading, market data and audit log tell the same story."""
