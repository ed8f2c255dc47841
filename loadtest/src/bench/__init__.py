"""Measures the platform from outside: throughput, latency, and processor time a request."""
