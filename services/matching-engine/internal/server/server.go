// Package server is the engine's HTTP side: who may call, what a call may look like, and what readers get.
// It decides nothing about orders.
package server

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/telemetry"
)

// maxConcurrentReads bounds the event readers, waiting ones included.
const maxConcurrentReads = 512

// Options of a server.
type Options struct {
	Engine       *engine.Engine
	Verifier     *identity.Verifier
	Metrics      *telemetry.Metrics
	Tracing      *telemetry.Tracing
	NewRequestID func() string
}

// Server answers HTTP requests.
type Server struct {
	Options
	readers chan struct{} // one slot a reader
}

// New makes a server. Requests that wait for events end when their context does: who shuts down cancels the
// base context of its http.Server.
func New(options Options) *Server {
	return &Server{Options: options, readers: make(chan struct{}, maxConcurrentReads)}
}

// Handler is the route table.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.route(mux, "POST", "/v1/commands", identity.ScopeCommand, s.commands)
	s.route(mux, "GET", "/v1/events", identity.ScopeRead, s.events)
	s.route(mux, "GET", "/v1/status", identity.ScopeRead, s.status)
	s.route(mux, "GET", "/v1/book/{symbol}", identity.ScopeRead, s.book)
	s.route(mux, "GET", "/v1/open-orders", identity.ScopeRead, s.openOrders)
	s.route(mux, "GET", "/healthz", "", s.healthz)
	s.route(mux, "GET", "/readyz", "", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics.Registry, promhttp.HandlerOpts{}))
	mux.Handle("/", s.instrument("unmatched", func(http.ResponseWriter, *http.Request) error {
		return notFound("there is nothing at this path")
	}))
	return mux
}

type handler func(w http.ResponseWriter, r *http.Request) error

// route adds a path with its one method; a scope of "" needs no token.
func (s *Server) route(mux *http.ServeMux, method, path, scope string, h handler) {
	mux.Handle(method+" "+path, s.instrument(path, func(w http.ResponseWriter, r *http.Request) error {
		if scope != "" {
			if err := s.authorize(r, scope); err != nil {
				return err
			}
		}
		return h(w, r)
	}))
	mux.Handle(path, s.instrument(path, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", method)
		return newProblem(http.StatusMethodNotAllowed, "method_not_allowed", 40510000, "this path answers "+method+" only")
	}))
}

// instrument wraps a handler in what every answer has: a request id, metrics, problems for errors.
func (s *Server) instrument(route string, h handler) http.Handler {
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
		if route == "/healthz" || route == "/readyz" {
			return // asked every few seconds by whoever runs us: not traffic
		}
		method := methodLabel(r.Method)
		s.Metrics.HTTPSeconds.WithLabelValues(method, route).Observe(time.Since(began).Seconds())
		s.Metrics.HTTPRequests.WithLabelValues(method, route, strconv.Itoa(recorder.status)).Inc()
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

func (s *Server) authorize(r *http.Request, scope string) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return unauthorized("the call carries no service token")
	}
	caller, err := s.Verifier.Verify(token)
	if err != nil {
		return err
	}
	if !caller.May(scope) {
		return newProblem(http.StatusForbidden, "forbidden", 40310000, "the token lacks the scope "+scope)
	}
	return nil
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
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	if err != nil {
		slog.Debug("an answer could not be sent", "error", err)
	}
	return nil
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, []byte(`{"status":"ok"}`))
}

// readyz asks the writer itself: it answers only while it goes round.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) error {
	if err := s.Engine.Read(nothing); err != nil && !errors.Is(err, engine.ErrOverloaded) {
		return err
	}
	return writeJSON(w, []byte(`{"status":"ready"}`))
}
