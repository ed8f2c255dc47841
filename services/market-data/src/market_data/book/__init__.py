"""The order book, by price level."""
