"""What the streams count."""

from prometheus_client import Counter, Gauge, Histogram

CLIENTS = Gauge("market_data_stream_clients", "Open connections.", ["protocol"])
FRAMES = Counter("market_data_stream_frames_total", "Frames written to clients.", ["protocol"])
CONFLATED = Counter(
    "market_data_stream_conflated_total",
    "Times that a client was not written to, since it had not read what came before.",
    ["protocol"],
)
SLOW = Counter(
    "market_data_stream_slow_clients_total", "Clients closed for not keeping up.", ["protocol"]
)
LAG = Histogram(
    "market_data_stream_lag_seconds",
    "From the stamp of the oldest event of a frame to the frame's writing.",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)
"""Stamps are journal time, which is close to the wall clock."""
