"""Token buckets: the arithmetic, the copy of it that runs in Redis, and the leases in front of both."""
