"""What is true now: the newest trade, quote and book of a symbol, from Redis or, without it, from the database."""
