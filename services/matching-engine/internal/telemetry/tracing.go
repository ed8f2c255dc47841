// Package telemetry makes what the engine says about itself: spans, metrics and logs.
package telemetry

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// ServiceName is what spans and logs call this process.
const ServiceName = "matching-engine"

// Tracing makes spans under the sampled traces that callers bring; it begins none of its own.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTracing exports to an OTLP/HTTP collector, to a file of JSON lines, to both or to none. Without an
// exporter spans still get their ids, so that events and logs can be joined.
func NewTracing(ctx context.Context, otlpEndpoint, traceFile string) (*Tracing, error) {
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", ServiceName))),
	}
	if otlpEndpoint != "" {
		exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimRight(otlpEndpoint, "/")+"/v1/traces"))
		if err != nil {
			return nil, err
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	if traceFile != "" {
		exporter, err := newFileExporter(traceFile)
		if err != nil {
			return nil, err
		}
		options = append(options, sdktrace.WithSyncer(exporter))
	}
	provider := sdktrace.NewTracerProvider(options...)
	return &Tracing{provider: provider, tracer: provider.Tracer("daytrading/matching-engine")}, nil
}

// Span is a span under way.
type Span struct {
	span        trace.Span
	Traceparent string
}

// Start begins a span under a sampled traceparent. The links name further traceparents.
func (t *Tracing) Start(parent, name string, kind trace.SpanKind, links []string, attributes ...attribute.KeyValue) Span {
	options := []trace.SpanStartOption{trace.WithSpanKind(kind), trace.WithAttributes(attributes...)}
	for _, link := range links {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: trace.SpanContextFromContext(remote(link))}))
	}
	ctx, span := t.tracer.Start(remote(parent), name, options...)
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return Span{span: span, Traceparent: carrier["traceparent"]}
}

// End ends the span.
func (s Span) End(attributes ...attribute.KeyValue) {
	s.span.SetAttributes(attributes...)
	s.span.End()
}

// Shutdown exports what is still held back.
func (t *Tracing) Shutdown(ctx context.Context) error { return t.provider.Shutdown(ctx) }

func remote(traceparent string) context.Context {
	return propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": traceparent})
}
