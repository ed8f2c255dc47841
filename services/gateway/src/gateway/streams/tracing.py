"""The span of a handshake. It ends when the stream is open: what flows through later has traces of its own."""

from contextlib import AbstractContextManager, nullcontext
from random import random

from opentelemetry.trace import Span, SpanKind

from chassis.telemetry.tracing import context_of, is_sampled, tracer


def handshake_span(traceparent: str | None, share: float) -> AbstractContextManager[Span | None]:
    """A server span under the caller's, or a new trace for `share` of those who bring none."""
    attributes = {"http.request.method": "GET", "network.protocol.name": "websocket"}
    if traceparent is not None and is_sampled(traceparent):
        return tracer.start_as_current_span(
            "GET", context=context_of(traceparent), kind=SpanKind.SERVER, attributes=attributes
        )
    # S311: which handshakes are traced is no secret.
    if traceparent is None and share and random() < share:  # noqa: S311
        return tracer.start_as_current_span("GET", kind=SpanKind.SERVER, attributes=attributes)
    return nullcontext()
