"""Where the replay and the benchmarks find the checkout and keep what they make."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
LOCAL = CHECKOUT / ".local"
ACCESS_FILE = LOCAL / "access.json"
CACHE = LOCAL / "cache"
FIGURES = LOCAL / "bench"
CAPTURE_LOCK = CHECKOUT / "loadtest" / "ob-analytics.lock"
