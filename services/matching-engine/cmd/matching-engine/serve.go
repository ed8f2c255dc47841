package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/publisher"
	"daytrading/matching-engine/internal/sequencer"
	"daytrading/matching-engine/internal/server"
	"daytrading/matching-engine/internal/telemetry"
)

const (
	keySetInterval  = 10 * time.Second
	shutdownTimeout = 15 * time.Second
)

// serve recovers the journal and runs until SIGTERM or SIGINT, or until the journal fails.
func serve(s settings) error {
	signalled, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	keys, err := identity.ReadKeySet(s.serviceKeysFile)
	if err != nil {
		return fmt.Errorf("SERVICE_KEYS_FILE: %w", err)
	}
	tracing, err := telemetry.NewTracing(signalled, s.otlpEndpoint, s.traceFile)
	if err != nil {
		return fmt.Errorf("tracing: %w", err)
	}
	metrics := telemetry.NewMetrics()
	j, e, err := recoverEngine(signalled, s, metrics)
	if errors.Is(err, context.Canceled) {
		slog.Info("told to stop before the journal was replayed")
		return nil
	}
	if err != nil {
		return err
	}
	defer j.Close()

	background, stopBackground := context.WithCancel(context.Background())
	defer stopBackground()
	var running sync.WaitGroup
	verifier := identity.NewVerifier(keys, time.Now)
	running.Go(func() { verifier.Watch(background, s.serviceKeysFile, keySetInterval) })
	if err := startPublisher(background, &running, s, e, metrics, tracing); err != nil {
		return err
	}
	writer := make(chan error, 1)
	go func() { writer <- e.Run() }()

	web := newWeb(background, server.New(server.Options{
		Engine: e, Verifier: verifier, Metrics: metrics, Tracing: tracing, NewRequestID: newUUID,
	}))
	listener, err := net.Listen("tcp", s.listenAddress)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDRESS: %w", err)
	}
	serving := make(chan error, 1)
	go func() { serving <- web.Serve(listener) }()
	slog.Info("serving", "address", listener.Addr().String(), "log_id", j.LogID(), "last_sequence", j.LastSequence())

	var failure error
	select {
	case <-signalled.Done():
	case failure = <-writer:
		writer <- failure
	case failure = <-serving:
	}
	shutDown(web, e, writer, stopBackground, &running, tracing)
	return failure
}

// unlessDone ends a replay, which may take minutes, when the process is told to end.
func unlessDone(ctx context.Context, visit func(journal.Entry) error) func(journal.Entry) error {
	return func(e journal.Entry) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(e)
	}
}

func recoverEngine(ctx context.Context, s settings, metrics *telemetry.Metrics) (*journal.Journal, *engine.Engine, error) {
	began := time.Now()
	state := sequencer.New()
	j, err := journal.Open(journal.Options{
		Dir: s.dataDir, Rules: sequencer.RulesVersion, SegmentBytes: s.segmentBytes, NewLogID: newUUID, OnFsync: metrics.FsyncSeconds.Observe,
	}, unlessDone(ctx, replay(state)))
	if err != nil {
		return nil, nil, fmt.Errorf("the journal in DATA_DIR: %w", err)
	}
	if j.TornBytes() > 0 {
		slog.Warn("the last process ended while it wrote a group; nobody was told of it, its bytes are kept aside",
			"torn_bytes", j.TornBytes())
	}
	e, err := engine.New(engine.Options{Clock: engine.NewSystemClock(), TickInterval: s.tickInterval, Observer: metrics}, j, state)
	if err != nil {
		j.Close()
		return nil, nil, err
	}
	slog.Info("recovered", "last_sequence", j.LastSequence(), "open_orders", state.OpenOrders(),
		"symbols", state.Symbols(), "seconds", time.Since(began).Seconds())
	metrics.Gauge("open_orders", "Orders that rest in the books.", func() float64 { return float64(e.Log().State().OpenOrders) })
	metrics.Gauge("symbols", "Listed symbols.", func() float64 { return float64(e.Log().State().Symbols) })
	metrics.Gauge("queued_commands", "Commands that wait for their group.", func() float64 { return float64(e.QueuedCommands()) })
	metrics.Gauge("last_sequence", "Sequence of the log's last event.", func() float64 { return float64(e.Log().State().LastSequence) })
	metrics.Gauge("journal_time_seconds", "Journal time of the log's last event, since the Unix epoch.",
		func() float64 { return float64(e.Log().State().JournalTimeNS) / 1e9 })
	return j, e, nil
}

func startPublisher(
	ctx context.Context, running *sync.WaitGroup, s settings, e *engine.Engine, metrics *telemetry.Metrics, tracing *telemetry.Tracing,
) error {
	if s.brokerURL == "" {
		slog.Info("BROKER_URL is not set: the log is not published")
		return nil
	}
	p, err := publisher.New(publisher.Options{
		URL: s.brokerURL, Dir: s.dataDir, Log: e.Log(), Metrics: metrics, Tracing: tracing, Exchange: publisher.Exchange,
	})
	if err != nil {
		return err
	}
	metrics.Gauge("publisher_lag_events", "Events that the broker has not confirmed yet.", p.Lag)
	running.Go(func() { p.Run(ctx) })
	return nil
}

func newWeb(background context.Context, s *server.Server) *http.Server {
	return &http.Server{
		Handler:           s.Handler(),
		BaseContext:       func(net.Listener) context.Context { return background },
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, // longer than the longest poll
		IdleTimeout:  2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
}

// shutDown ends things in the order in which nothing is lost: no new calls, the queued ones to their end,
// their answers out, then the readers.
func shutDown(
	web *http.Server, e *engine.Engine, writer chan error, stopBackground func(), running *sync.WaitGroup, tracing *telemetry.Tracing,
) {
	slog.Info("shutting down")
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	e.Stop()
	if err := <-writer; err != nil {
		slog.Error("the journal failed: what was under way is unknown until the next start reads it", "error", err)
	}
	stopBackground() // also ends the long polls
	if err := web.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		slog.Warn("some connections were cut", "error", err)
		_ = web.Close()
	}
	running.Wait()
	if err := tracing.Shutdown(ctx); err != nil {
		slog.Warn("some spans were not exported", "error", err)
	}
	slog.Info("stopped")
}
