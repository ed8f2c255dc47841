"""What the gateway counts, beyond the RED metrics per route that the chassis keeps for every service."""

from prometheus_client import Counter, Gauge, Histogram

UPSTREAM_REQUESTS = Counter(
    "gateway_upstream_requests_total",
    "Attempts at an upstream: status class of the answer, or how it failed.",
    ["upstream", "outcome"],
)
UPSTREAM_DURATION = Histogram(
    "gateway_upstream_request_duration_seconds",
    "From the start of an attempt to the answer's headers (small answers: to its end).",
    ["upstream"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RETRIES = Counter("gateway_retries_total", "Attempts after the first.", ["upstream", "reason"])
RETRIES_DENIED = Counter(
    "gateway_retries_denied_total", "Retries that the budget did not allow.", ["upstream"]
)
BREAKER_STATE = Gauge(
    "gateway_breaker_state", "0 closed, 1 half open, 2 open.", ["upstream", "class"]
)
BREAKER_REFUSED = Counter(
    "gateway_breaker_refused_total", "Requests that an open breaker refused.", ["upstream", "class"]
)
OUTCOME_UNKNOWN = Counter(
    "gateway_outcome_unknown_total",
    "Writes that were sent and whose fate the gateway did not learn.",
    ["upstream"],
)
RATE_LIMITED = Counter("gateway_rate_limited_total", "Requests refused with 429.", ["class"])
LEASES = Counter(
    "gateway_rate_leases_total", "Leases of tokens, by where they came from.", ["source"]
)
LIMITS_LOCAL = Gauge(
    "gateway_rate_limits_local", "1 while Redis is away and every replica counts for itself."
)
KEY_CACHE = Counter(
    "gateway_key_cache_total",
    "API keys met: hit, exchanged, stale (auth is away), refused, known_bad, unavailable.",
    ["result"],
)
ANSWERS_CUT = Counter(
    "gateway_answers_cut_total", "Streamed answers that ended before their end.", ["upstream"]
)
STREAMS_OPEN = Gauge("gateway_streams_open", "Websockets open now.", ["route"])
STREAM_FRAMES = Counter(
    "gateway_stream_frames_total",
    "Frames passed: in from clients, out to them.",
    ["route", "direction"],
)
STREAM_BYTES = Counter(
    "gateway_stream_bytes_total", "Payload of the frames passed.", ["route", "direction"]
)
STREAMS_CLOSED = Counter(
    "gateway_streams_closed_total",
    "Websockets closed: by client, upstream or gateway, with the code that the other side was told.",
    ["route", "by", "code"],
)
STREAMS_REFUSED = Counter(
    "gateway_stream_handshakes_refused_total",
    "Handshakes refused, by the type of the problem.",
    ["route", "reason"],
)


class UpstreamMetrics:
    """The children of one upstream's metrics, looked up once."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._duration = UPSTREAM_DURATION.labels(upstream)
        self._outcomes: dict[str, Counter] = {}

    def observe(self, outcome: str, seconds: float) -> None:
        counter = self._outcomes.get(outcome)
        if counter is None:
            counter = UPSTREAM_REQUESTS.labels(self._upstream, outcome)
            self._outcomes[outcome] = counter
        counter.inc()
        self._duration.observe(seconds)
