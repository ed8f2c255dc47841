package server

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/telemetry"
)

// exchange is the memory of one call and its answer, used again by later ones. What the engine did not answer is not
// used again: it may still look at it.
type exchange struct {
	call   engine.Call
	body   []byte
	answer []byte
}

var exchanges = sync.Pool{New: func() any { return new(exchange) }}

// maxPooledBytes keeps the memory of a few large calls from staying for ever.
const maxPooledBytes = 64 << 10

func (x *exchange) release() {
	if cap(x.body) <= maxPooledBytes && cap(x.answer) <= maxPooledBytes {
		exchanges.Put(x)
	}
}

// commands is POST /v1/commands: read, decide as one call, answer when it is durable. Both forms take the same way.
func (s *Server) commands(w http.ResponseWriter, r *http.Request) error {
	bytes := r.ContentLength
	if bytes < 0 || bytes > command.MaxCallBytes { // not said, or refused after reading that many
		bytes = command.MaxCallBytes
	}
	if !s.bodies.take(bytes) {
		return overloaded("the calls that are under way are as many bytes as the engine holds")
	}
	defer s.bodies.giveBack(bytes)
	x := exchanges.Get().(*exchange)
	var err error
	if x.body, err = readBody(x.body[:0], w, r, command.MaxCallBytes); err != nil {
		return err
	}
	binary := r.Header.Get("Content-Type") == command.MediaType
	decode := command.DecodeCall
	if binary {
		decode = command.DecodeBinaryCall
	}
	if x.call.Commands, err = decode(x.call.Commands[:0], x.body); err != nil {
		return err
	}
	if len(x.call.Commands) > s.MaxCommandsPerCall {
		return tooManyCommands(s.MaxCommandsPerCall)
	}
	spans := s.startSpans(x.call.Commands)
	err = s.Engine.Submit(&x.call)
	if errors.Is(err, engine.ErrOutcomeUnknown) {
		endSpans(spans, nil)
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer: the log decides
	}
	endSpans(spans, &x.call)
	if err != nil {
		x.release()
		return err
	}
	if failpoint.Hit(failpoint.DropAnswer) != nil {
		panic(http.ErrAbortHandler)
	}
	if binary {
		x.answer = s.appendBinaryResults(x.answer[:0], &x.call)
		err = writeBody(w, command.MediaType, x.answer)
	} else {
		x.answer = s.appendResults(x.answer[:0], &x.call)
		err = writeJSON(w, x.answer)
	}
	x.release()
	return err
}

// readBody reads a whole body into memory that is used again.
func readBody(to []byte, w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body := http.MaxBytesReader(w, r.Body, most)
	if need := r.ContentLength + 1; need > int64(cap(to)) && need <= most+1 { // one more, to see the end without growing
		to = make([]byte, 0, need)
	}
	for {
		if len(to) == cap(to) {
			to = append(to, 0)[:len(to)]
		}
		n, err := body.Read(to[len(to):cap(to)])
		to = to[:len(to)+n]
		if errors.Is(err, io.EOF) {
			return to, nil
		}
		if err != nil {
			return to, err
		}
	}
}

// commandSpan is the span of one command of a call.
type commandSpan struct {
	index int
	span  telemetry.Span
}

// startSpans begins a span for each command whose caller sampled its trace. The span's traceparent takes the
// caller's place: it is what the events carry, so that what follows hangs below it. An unsampled one is dropped.
func (s *Server) startSpans(commands []command.Command) []commandSpan {
	var spans []commandSpan
	for i := range commands {
		c := &commands[i]
		if !c.Trace.Sampled() {
			c.Trace = command.Trace{}
			continue
		}
		span := s.Tracing.Start(c.Trace.String(), "engine.command", trace.SpanKindServer, nil,
			attribute.String("engine.command.id", c.ID.String()), attribute.String("engine.command.kind", c.Kind.String()))
		own, err := command.ParseTrace([]byte(span.Traceparent))
		if err != nil { // ids of zeros: valid in form, and no parent of anything
			c.Trace = command.Trace{}
			continue
		}
		c.Trace = own
		spans = append(spans, commandSpan{i, span})
	}
	return spans
}

// endSpans ends the spans of a call; of none when nobody knows what became of it.
func endSpans(spans []commandSpan, call *engine.Call) {
	for _, s := range spans {
		if call == nil || s.index >= len(call.Decisions) {
			s.span.End(attribute.String("engine.command.outcome", "unknown"))
			continue
		}
		d := &call.Decisions[s.index]
		s.span.End(
			attribute.String("engine.command.outcome", engine.OutcomeOf(d).String()),
			attribute.Int64("engine.command.last_sequence", int64(d.Last)),
			attribute.Int("engine.command.trades", int(d.Trades)))
	}
}

func (s *Server) appendResults(to []byte, call *engine.Call) []byte {
	to = appendHead(to, s.Engine.Log().LogID, call.State)
	to = append(to, `,"results":[`...)
	for i := range call.Decisions {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `{"command_id":"`...)
		to = call.Commands[i].ID.AppendText(to)
		d := &call.Decisions[i]
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
