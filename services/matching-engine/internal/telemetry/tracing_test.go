package telemetry

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

const (
	parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	other  = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"
)

func TestASpanGoesToTheCollectorAndToTheFile(t *testing.T) {
	received := make(chan string, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		received <- r.Method + " " + r.URL.Path
	}))
	defer collector.Close()
	path := filepath.Join(t.TempDir(), "made", "spans.jsonl")
	tracing, err := NewTracing(context.Background(), collector.URL+"/", path)
	if err != nil {
		t.Fatal(err)
	}
	span := tracing.Start(parent, "engine.publish", trace.SpanKindProducer, []string{other}, attribute.Int("n", 3))
	span.End(attribute.Bool("done", true))
	if err := tracing.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := <-received; got != "POST /v1/traces" {
		t.Fatal(got)
	}
	content, err := os.ReadFile(path)
	var written fileSpan
	if err != nil || json.Unmarshal(content, &written) != nil {
		t.Fatalf("%s %v", content, err)
	}
	want := "00-" + written.Context.TraceID[2:] + "-" + written.Context.SpanID[2:] + "-01"
	if span.Traceparent != want || written.Context.TraceID != "0x0af7651916cd43dd8448eb211c80319c" ||
		*written.ParentID != "0xb7ad6b7169203331" || written.Kind != "SpanKind.PRODUCER" ||
		len(written.Links) != 1 || written.Links[0].Context.SpanID != "0xc7ad6b7169203331" ||
		written.Attributes["n"] != 3.0 || written.Attributes["done"] != true ||
		written.Resource.Attributes["service.name"] != ServiceName {
		t.Fatalf("%s, traceparent %s", content, span.Traceparent)
	}
}

func TestWithoutAnExporterSpansStillHaveIDs(t *testing.T) {
	tracing, err := NewTracing(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	span := tracing.Start(parent, "engine.command", trace.SpanKindServer, nil)
	span.End()
	if span.Traceparent[:36] != parent[:36] || span.Traceparent == parent || span.Traceparent[52:] != "-01" {
		t.Fatal(span.Traceparent)
	}
}
