// Package server is the engine's HTTP side: who may call, what a call may look like, and what readers get.
// It decides nothing about orders.
package server

import (
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/telemetry"
)

// Options of a server.
type Options struct {
	Engine       *engine.Engine
	Journal      *journal.Journal // for positions and figures; only the engine appends to it
	Verifier     *identity.Verifier
	Metrics      *telemetry.Metrics
	Tracing      *telemetry.Tracing
	NewRequestID func() string

	MaxCallBytes       int64 // of the bodies of all calls together that are being read, wait or are under way
	MaxCommandsPerCall int   // at most command.MaxCommandsPerCall
	MaxEventReaders    int   // at once, waiting ones included; each may hold a page
}

// Server answers HTTP requests.
type Server struct {
	Options
	readers chan struct{} // one slot a reader
	bodies  budget
	stuck   time.Duration // how long the pipeline may take for one round before it counts as stuck
	logID   book.ID
}

// budget is an amount that many share.
type budget struct {
	most  int64
	taken atomic.Int64
}

// take takes some of it, unless there is not so much left.
func (b *budget) take(amount int64) bool {
	if b.taken.Add(amount) > b.most {
		b.taken.Add(-amount)
		return false
	}
	return true
}

func (b *budget) giveBack(amount int64) { b.taken.Add(-amount) }

// New makes a server. Requests that wait for events end when their context does: who shuts down cancels the
// base context of its http.Server.
func New(options Options) (*Server, error) {
	logID, err := book.ParseID(options.Engine.Log().LogID)
	s := &Server{Options: options, readers: make(chan struct{}, options.MaxEventReaders), logID: logID, stuck: 5 * time.Second}
	s.bodies.most = options.MaxCallBytes
	return s, err
}

// Handler is the route table.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.route(mux, "/v1/commands", methods{"POST": {identity.ScopeCommand, s.commands}})
	s.route(mux, "/v1/events", methods{"GET": {identity.ScopeRead, s.events}})
	s.route(mux, "/v1/status", methods{"GET": {identity.ScopeRead, s.status}})
	s.route(mux, "/v1/book/{symbol}", methods{"GET": {identity.ScopeRead, s.book}})
	s.route(mux, "/v1/orders/{order_id}", methods{"GET": {identity.ScopeRead, s.order}})
	s.route(mux, "/v1/open-orders", methods{"GET": {identity.ScopeRead, s.openOrders}})
	s.route(mux, "/v1/readers", methods{"GET": {identity.ScopeRead, s.positions}})
	s.route(mux, "/v1/readers/{name}", methods{
		"PUT": {identity.ScopeRead, s.confirm}, "DELETE": {identity.ScopeCommand, s.forget},
	})
	s.route(mux, "/healthz", methods{"GET": {"", s.healthz}})
	s.route(mux, "/readyz", methods{"GET": {"", s.readyz}})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics.Registry, promhttp.HandlerOpts{}))
	mux.Handle("/", s.instrument("unmatched", func(http.ResponseWriter, *http.Request) error {
		return notFound("there is nothing at this path")
	}))
	return mux
}

type handler func(w http.ResponseWriter, r *http.Request) error

// methods are what a path answers; a scope of "" needs no token.
type methods map[string]struct {
	scope   string
	handler handler
}

func (s *Server) route(mux *http.ServeMux, path string, answered methods) {
	var allowed []string
	for method, m := range answered {
		allowed = append(allowed, method)
		mux.Handle(method+" "+path, s.instrument(path, func(w http.ResponseWriter, r *http.Request) error {
			if m.scope != "" {
				if _, err := s.authorize(r, m.scope); err != nil {
					return err
				}
			}
			return m.handler(w, r)
		}))
	}
	slices.Sort(allowed)
	allow := strings.Join(allowed, ", ")
	mux.Handle(path, s.instrument(path, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", allow)
		return newProblem(http.StatusMethodNotAllowed, "method_not_allowed", 40510000, "this path answers "+allow+" only")
	}))
}

// instrument wraps a handler in what every answer has: a request id, metrics, problems for errors.
func (s *Server) instrument(route string, h handler) http.Handler {
	probe := route == "/healthz" || route == "/readyz" // asked every few seconds by whoever runs us: not traffic
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		requestID := r.Header.Get("X-Request-ID")
		if _, err := book.ParseID(requestID); err != nil {
			requestID = s.NewRequestID()
		}
		w.Header().Set("X-Request-ID", requestID)
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		if err := h(recorder, r); err != nil {
			p := asProblem(err)
			p.write(recorder, requestID)
			logProblem(r, route, requestID, p, err)
		}
		if !probe {
			s.Metrics.Request(methodLabel(r.Method), route, recorder.status, time.Since(began))
		}
	})
}

// methodLabel keeps labels few: a method is whatever token a client sends.
func methodLabel(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "OTHER"
}

func logProblem(r *http.Request, route, requestID string, p *problem, err error) {
	level := slog.LevelInfo
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	attributes := []any{"route", route, "status", p.Status, "type", p.Type, "request_id", requestID, "error", err.Error()}
	if traceparent := r.Header.Get("traceparent"); len(traceparent) >= 35 {
		attributes = append(attributes, "trace_id", traceparent[3:35])
	}
	slog.Log(r.Context(), level, "a request was refused", attributes...)
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *Server) authorize(r *http.Request, scope string) (*identity.Caller, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, unauthorized("the call carries no service token")
	}
	caller, err := s.Verifier.Verify(token)
	if err != nil {
		return nil, err
	}
	if !caller.May(scope) {
		return nil, forbidden("the token lacks the scope " + scope)
	}
	return caller, nil
}

// number reads an integer from the query.
func number(r *http.Request, name string, least, most, otherwise int64) (int64, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return otherwise, nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < least || value > most {
		return 0, malformed(name + " must be an integer from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10))
	}
	return value, nil
}

func writeJSON(w http.ResponseWriter, body []byte) error {
	return writeBody(w, "application/json", body)
}

func writeBody(w http.ResponseWriter, mediaType string, body []byte) error {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	if err != nil {
		slog.Debug("an answer could not be sent", "error", err)
	}
	return nil
}
