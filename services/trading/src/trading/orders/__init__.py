"""Orders: from the request to the answer."""
