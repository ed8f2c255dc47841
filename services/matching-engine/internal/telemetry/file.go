package telemetry

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// fileExporter writes one JSON object a span and line, in the shape that OpenTelemetry's Python SDK gives
// its spans, so that one reader reads the files of all services.
type fileExporter struct {
	mutex sync.Mutex
	file  *os.File
}

func newFileExporter(path string) (*fileExporter, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return nil, err
	}
	return &fileExporter{file: file}, nil
}

type fileSpan struct {
	Name       string          `json:"name"`
	Context    fileSpanContext `json:"context"`
	Kind       string          `json:"kind"`
	ParentID   *string         `json:"parent_id"`
	StartTime  string          `json:"start_time"`
	EndTime    string          `json:"end_time"`
	Attributes map[string]any  `json:"attributes"`
	Links      []fileLink      `json:"links"`
	Resource   fileResource    `json:"resource"`
}

type fileSpanContext struct {
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`
}

type fileLink struct {
	Context fileSpanContext `json:"context"`
}

type fileResource struct {
	Attributes map[string]any `json:"attributes"`
}

var kindNames = map[trace.SpanKind]string{
	trace.SpanKindInternal: "SpanKind.INTERNAL", trace.SpanKindServer: "SpanKind.SERVER",
	trace.SpanKindClient: "SpanKind.CLIENT", trace.SpanKindProducer: "SpanKind.PRODUCER",
	trace.SpanKindConsumer: "SpanKind.CONSUMER",
}

// ExportSpans writes the spans, whole lines in one write.
func (e *fileExporter) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	var lines []byte
	for _, span := range spans {
		line, err := json.Marshal(describe(span))
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	_, err := e.file.Write(lines)
	return err
}

// Shutdown closes the file.
func (e *fileExporter) Shutdown(context.Context) error { return e.file.Close() }

func describe(span sdktrace.ReadOnlySpan) fileSpan {
	const microseconds = "2006-01-02T15:04:05.000000Z"
	described := fileSpan{
		Name: span.Name(), Context: describeContext(span.SpanContext()), Kind: kindNames[span.SpanKind()],
		StartTime: span.StartTime().UTC().Format(microseconds), EndTime: span.EndTime().UTC().Format(microseconds),
		Attributes: describeAttributes(span.Attributes()), Links: []fileLink{},
		Resource: fileResource{Attributes: describeAttributes(span.Resource().Attributes())},
	}
	if span.Parent().SpanID().IsValid() {
		parent := "0x" + span.Parent().SpanID().String()
		described.ParentID = &parent
	}
	for _, link := range span.Links() {
		described.Links = append(described.Links, fileLink{describeContext(link.SpanContext)})
	}
	return described
}

func describeContext(c trace.SpanContext) fileSpanContext {
	return fileSpanContext{TraceID: "0x" + c.TraceID().String(), SpanID: "0x" + c.SpanID().String()}
}

func describeAttributes(attributes []attribute.KeyValue) map[string]any {
	described := map[string]any{}
	for _, a := range attributes {
		described[string(a.Key)] = a.Value.AsInterface()
	}
	return described
}

var _ sdktrace.SpanExporter = (*fileExporter)(nil)
