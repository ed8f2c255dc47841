package server

import (
	"io"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/sequencer"
	"daytrading/matching-engine/internal/telemetry"
)

const maxBodyBytes = 2 << 20

// commands is POST /v1/commands: read, decide as one call, answer when it is durable.
func (s *Server) commands(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if err != nil {
		return err
	}
	commands, err := sequencer.DecodeCall(body)
	if err != nil {
		return err
	}
	spans := s.startSpans(commands)
	decisions, state, err := s.Engine.Submit(commands)
	endSpans(spans, decisions)
	if err != nil {
		return err
	}
	if failpoint.Hit(failpoint.DropAnswer) != nil {
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	}
	return writeJSON(w, appendResults(nil, s.Engine.Log().LogID, state, commands, decisions))
}

// commandSpan is the span of one command of a call.
type commandSpan struct {
	index int
	span  telemetry.Span
}

// startSpans begins a span for each command whose caller sampled its trace. The span's traceparent takes the
// caller's place: it is what the events carry, so that what follows hangs below it. An unsampled one is dropped.
func (s *Server) startSpans(commands []sequencer.Command) []commandSpan {
	var spans []commandSpan
	for i := range commands {
		c := &commands[i]
		if !sequencer.Sampled(c.Trace) {
			c.Trace = ""
			continue
		}
		span := s.Tracing.Start(c.Trace, "engine.command", trace.SpanKindServer, nil,
			attribute.String("engine.command.id", c.ID.String()), attribute.String("engine.command.kind", c.Kind.String()))
		c.Trace = span.Traceparent
		spans = append(spans, commandSpan{i, span})
	}
	return spans
}

func endSpans(spans []commandSpan, decisions []sequencer.Decision) {
	for _, s := range spans {
		if s.index >= len(decisions) {
			s.span.End(attribute.String("engine.command.outcome", "unknown"))
			continue
		}
		d := &decisions[s.index]
		s.span.End(
			attribute.String("engine.command.outcome", telemetry.Outcome(d)),
			attribute.Int64("engine.command.last_sequence", int64(d.Last)),
			attribute.Int("engine.command.trades", d.Trades))
	}
}

func appendResults(
	to []byte, logID string, state eventlog.State, commands []sequencer.Command, decisions []sequencer.Decision,
) []byte {
	to = appendHead(to, logID, state)
	to = append(to, `,"results":[`...)
	for i := range decisions {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `{"command_id":"`...)
		to = commands[i].ID.AppendText(to)
		d := &decisions[i]
		if d.Refused != "" {
			to = append(to, `","outcome":"refused","reason":"`...)
			to = append(to, d.Refused...)
			to = append(to, `"}`...)
			continue
		}
		to = append(to, `","outcome":"journalled","first_sequence":`...)
		to = strconv.AppendUint(to, d.First, 10)
		to = append(to, `,"last_sequence":`...)
		to = strconv.AppendUint(to, d.Last, 10)
		to = append(to, `,"repeated":`...)
		to = strconv.AppendBool(to, d.Repeated)
		to = append(to, '}')
	}
	return append(to, `]}`...)
}

// appendHead opens an object with what every answer about the log begins with.
func appendHead(to []byte, logID string, state eventlog.State) []byte {
	to = append(to, `{"log_id":"`...)
	to = append(to, logID...)
	to = append(to, `","last_sequence":`...)
	to = strconv.AppendUint(to, state.LastSequence, 10)
	to = append(to, `,"journal_time_ns":`...)
	return strconv.AppendInt(to, state.JournalTimeNS, 10)
}
