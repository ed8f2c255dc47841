"""The writing side: three logs into one chain."""
