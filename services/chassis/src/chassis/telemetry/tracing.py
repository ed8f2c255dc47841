"""Tracing set-up, and the few helpers that carry a trace across borders that OpenTelemetry does not know.

A request whose caller did not sample it gets no span at all: deciding costs a look at one header.
"""

import atexit
from collections.abc import Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_ON,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chassis.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPORT_TIMEOUT_S = 3
"""How long a collector may take for a batch; one that is away must not keep a process from ending."""

_propagator = TraceContextTextMapPropagator()
tracer = trace.get_tracer("day-trading")


class FileSpanExporter(SpanExporter):
    """One JSON object a line, complete after every export."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            self._file.write(span.to_json(indent=None) + "\n")
        self._file.flush()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._file.close()


class _Roots(Sampler):
    """Server spans without a parent are those that the middleware chose to begin; all others share `ratio`."""

    def __init__(self, ratio: float) -> None:
        self._others = TraceIdRatioBased(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *further: Any,
        **options: Any,
    ) -> SamplingResult:
        sampler = ALWAYS_ON if kind is SpanKind.SERVER else self._others
        return sampler.should_sample(parent_context, trace_id, name, kind, *further, **options)

    def get_description(self) -> str:
        return f"Roots{{{self._others.get_description()}}}"


def configure_tracing(service: str, settings: ServiceSettings) -> None:
    """Install the tracer provider. Without an exporter spans still get ids, so logs and events can be joined."""
    provider = TracerProvider(
        resource=Resource.create({SERVICE_NAME: service}),
        sampler=ParentBased(_Roots(settings.trace_sample_ratio)),
    )
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(
            f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_TIMEOUT_S
        )
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if settings.trace_file:
        provider.add_span_processor(SimpleSpanProcessor(FileSpanExporter(settings.trace_file)))
    trace.set_tracer_provider(provider)
    atexit.register(provider.shutdown)


def is_sampled(traceparent: str | None) -> bool:
    """Whether a `traceparent` header asks for spans; cheap, and false for anything malformed."""
    return (
        traceparent is not None
        and len(traceparent) == 55
        and traceparent.isascii()
        and traceparent[54] in "13579bdf"
    )


def current_traceparent() -> str | None:
    """The `traceparent` of the current span when it is sampled."""
    if not trace.get_current_span().get_span_context().trace_flags.sampled:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str) -> Context:
    """The context whose current span is the remote one that `traceparent` names."""
    return _propagator.extract({"traceparent": traceparent})


def span_within(
    name: str, kind: SpanKind = SpanKind.INTERNAL
) -> AbstractContextManager["Span | None"]:
    """A child of the current span; none at all where that is not sampled, since one would cost nearly as much."""
    if not trace.get_current_span().is_recording():
        return nullcontext()
    return tracer.start_as_current_span(name, kind=kind)


@contextmanager
def span_under(
    traceparent: str | None, name: str, kind: SpanKind = SpanKind.INTERNAL
) -> "Iterator[Span | None]":
    """A span that is the child of a remote one; none at all when that one was not sampled."""
    if traceparent is None or not is_sampled(traceparent):
        yield None
        return
    with tracer.start_as_current_span(name, context=context_of(traceparent), kind=kind) as span:
        yield span
