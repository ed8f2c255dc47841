"""What an account may do: limits, rates, bands of prices, and the kill switch."""
