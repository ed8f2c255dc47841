"""Everything about a symbol in one answer."""
