"""Paper cash in and out."""
