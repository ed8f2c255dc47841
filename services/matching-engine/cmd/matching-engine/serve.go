package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"daytrading/matching-engine/internal/checkpoint"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/publisher"
	"daytrading/matching-engine/internal/server"
	"daytrading/matching-engine/internal/telemetry"
)

const (
	keySetInterval  = 10 * time.Second
	shutdownTimeout = 15 * time.Second
	drainTimeout    = 3 * time.Second // for the publisher's last page
)

// service is everything that runs, in the order in which it is started; it ends in shutDown's.
type service struct {
	settings  settings
	metrics   *telemetry.Metrics
	tracing   *telemetry.Tracing
	journal   *journal.Journal
	engine    *engine.Engine
	publisher *publisher.Publisher // nil: the log is not published
	web       *http.Server

	background     context.Context // of what runs beside the writer
	stopBackground context.CancelFunc
	running        sync.WaitGroup // what ends with background
	stopPolls      context.CancelFunc
	writer         chan error // the writer's end
	serving        chan error // the HTTP server's end
}

// serve recovers the journal and runs until SIGTERM or SIGINT, or until the journal fails.
func serve(s settings) error {
	signalled, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	p := &service{settings: s, metrics: telemetry.NewMetrics(), writer: make(chan error, 1), serving: make(chan error, 1)}
	p.background, p.stopBackground = context.WithCancel(context.Background())
	defer p.stopBackground()
	err := p.start(signalled)
	if p.journal != nil {
		defer p.journal.Close()
	}
	if errors.Is(err, context.Canceled) {
		slog.Info("told to stop before the journal was replayed")
		return nil
	}
	if err != nil {
		return err
	}
	var failure error
	select {
	case <-signalled.Done():
	case failure = <-p.writer:
		p.writer <- failure
	case failure = <-p.serving:
	}
	p.shutDown()
	return failure
}

func (p *service) start(signalled context.Context) error {
	s := p.settings
	keys, err := identity.ReadKeySet(s.serviceKeysFile)
	if err != nil {
		return fmt.Errorf("SERVICE_KEYS_FILE: %w", err)
	}
	if p.tracing, err = telemetry.NewTracing(signalled, s.otlpEndpoint, s.traceFile); err != nil {
		return fmt.Errorf("tracing: %w", err)
	}
	if err := p.startDebug(); err != nil { // first: a slow recovery may be looked at, too
		return fmt.Errorf("DEBUG_ADDRESS: %w", err)
	}
	if p.journal, p.engine, err = recoverEngine(signalled, s, p.metrics); err != nil {
		return err
	}
	if reason := p.journal.Unreplayable(); reason != "" {
		p.metrics.Unreplayable.Set(1)
		slog.Error("an earlier process found that the journal on disk does not replay. This start proves only what came after its snapshot: "+
			"let `verify` see the whole, and remove the file `unreplayable` when that is settled (docs/operations.md)", "reason", reason)
	}
	verifier := identity.NewVerifier(keys, failpoint.Now)
	if err := p.preparePublisher(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listenAddress)
	if err != nil {
		return fmt.Errorf("LISTEN_ADDRESS: %w", err)
	}
	if err := p.prepareWeb(verifier); err != nil {
		return err
	}
	go func() { p.writer <- p.engine.Run() }()
	p.running.Go(func() { verifier.Watch(p.background, s.serviceKeysFile, keySetInterval) })
	p.running.Go(p.checkpoint)
	if p.publisher != nil {
		p.running.Go(func() { p.publisher.Run(p.background) })
	}
	go func() { p.serving <- p.web.Serve(listener) }()
	slog.Info("serving", "address", listener.Addr().String(), "log_id", p.journal.LogID(), "last_sequence", p.journal.LastSequence())
	return nil
}

// startDebug serves the profiler at an address of its own, which is nobody's but the operator's.
func (p *service) startDebug() error {
	if p.settings.debugAddress == "" {
		return nil
	}
	listener, err := net.Listen("tcp", p.settings.debugAddress)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	go func() { _ = http.Serve(listener, mux) }() // ends with the process
	slog.Info("the profiler listens", "address", listener.Addr().String())
	return nil
}

func (p *service) preparePublisher() (err error) {
	if p.settings.brokerURL == "" {
		slog.Info("BROKER_URL is not set: the log is not published")
		return nil
	}
	p.publisher, err = publisher.New(publisher.Options{
		URL: p.settings.brokerURL, Log: p.engine.Log(), Positions: p.journal,
		Metrics: p.metrics, Tracing: p.tracing, Exchange: publisher.Exchange,
	})
	if err != nil {
		return err
	}
	p.metrics.Gauge("publisher_lag_events", "Events that the broker has not confirmed yet.", p.publisher.Lag)
	return nil
}

func (p *service) prepareWeb(verifier *identity.Verifier) error {
	s, err := server.New(server.Options{
		Engine: p.engine, Journal: p.journal, Verifier: verifier, Metrics: p.metrics, Tracing: p.tracing, NewRequestID: newUUID,
		MaxCallBytes: p.settings.maxQueuedBytes, MaxCommandsPerCall: p.settings.maxPerCall, MaxEventReaders: p.settings.maxEventReaders,
	})
	if err != nil {
		return err
	}
	polls, stopPolls := context.WithCancel(context.Background())
	p.stopPolls = stopPolls
	p.web = &http.Server{
		Handler:           s.Handler(),
		BaseContext:       func(net.Listener) context.Context { return polls },
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, // longer than the longest poll
		IdleTimeout:  2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	return nil
}

// checkpoint makes snapshots beside the writer until the end. Where the journal on disk does not replay, the writer's own
// state is not touched by that, and the snapshot that it leaves at the end is the way out: so it goes on, and says so
// where it is seen, in later starts, too.
func (p *service) checkpoint() {
	checkpoint.New(checkpoint.Options{
		Journal: p.journal, EveryCommands: int(p.settings.snapshotEvery), Retention: p.settings.retention, Restore: restoreState,
		OnSnapshot: func(_ uint64, took time.Duration) { p.metrics.Snapshot(took) },
		OnUnreplayable: func(err error) {
			p.metrics.Unreplayable.Set(1)
			slog.Error("the journal on disk does not replay: no more snapshots are made while this process runs. End it with SIGTERM so "+
				"that it leaves its own, and keep the data folder (docs/operations.md)", "error", err)
		},
	}).Run(p.background)
}

// shutDown ends things in the order in which nothing is lost: no new calls, the queued ones to their end and their
// answers out, the long polls, the publisher's last page, then a snapshot for the next start.
func (p *service) shutDown() {
	slog.Info("shutting down")
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	p.engine.Stop()
	failure := <-p.writer
	if failure != nil {
		slog.Error("the journal failed: what was under way is unknown until the next start reads it", "error", failure)
	}
	p.stopPolls()
	if err := p.web.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		slog.Warn("some connections were cut", "error", err)
		_ = p.web.Close()
	}
	if p.publisher != nil && failure == nil {
		drain, cancel := context.WithTimeout(context.Background(), drainTimeout)
		p.publisher.Drain(drain)
		cancel()
	}
	p.stopBackground()
	p.running.Wait()
	if failure == nil {
		began := time.Now()
		if err := p.engine.WriteSnapshot(); err != nil {
			slog.Warn("no snapshot at the end: the next start replays more", "error", err)
		} else {
			slog.Info("the state was kept", "last_sequence", p.journal.LastSequence(), "seconds", time.Since(began).Seconds())
		}
	}
	if err := p.tracing.Shutdown(ctx); err != nil {
		slog.Warn("some spans were not exported", "error", err)
	}
	slog.Info("stopped")
}
