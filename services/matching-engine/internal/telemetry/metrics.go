package telemetry

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/sequencer"
)

const namespace = "matching_engine_"

// Metrics is everything `GET /metrics` shows. What the writer counts is added once a group.
type Metrics struct {
	Registry        *prometheus.Registry
	FsyncSeconds    prometheus.Histogram
	PublishSeconds  prometheus.Histogram
	SnapshotSeconds prometheus.Gauge
	Snapshots       prometheus.Counter
	Unreplayable    prometheus.Gauge
	Published       prometheus.Counter
	Reconnections   prometheus.Counter

	PublisherStopped prometheus.Gauge

	httpRequests  *prometheus.CounterVec   // method, route, status
	httpSeconds   *prometheus.HistogramVec // method, route
	commands      [command.Kinds + 1][]prometheus.Counter
	events        prometheus.Counter
	trades        prometheus.Counter
	groupCommands prometheus.Histogram
	decideSeconds prometheus.Histogram
}

// NewMetrics makes a registry of their own, so that a process can hold several engines (tests do).
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry:        prometheus.NewRegistry(),
		FsyncSeconds:    histogram("journal_fsync_seconds", "How long the fsync of a group took.", 0.0001, 15),
		PublishSeconds:  histogram("publish_seconds", "From sending a message to the broker to its confirmation.", 0.0005, 15),
		SnapshotSeconds: gauge("snapshot_duration_seconds", "How long the newest snapshot took to make, beside the writer."),
		Snapshots:       counter("snapshots_total", "Snapshots made while running."),
		Unreplayable:    gauge("journal_unreplayable", "1 when the journal on disk was found not to replay to what it says."),
		Published:       counter("published_events_total", "Events that the broker confirmed."),
		Reconnections:   counter("publisher_connections_total", "Connections made to the broker."),

		PublisherStopped: gauge("publisher_stopped", "1 when publishing has ended for good: the log no longer holds what comes next."),
		// Named as in every service of the platform, so that one panel or alert covers all of them.
		httpRequests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_server_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		httpSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_server_request_duration_seconds", Help: "Time to answer, long polls included.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"method", "route"}),
		events:        counter("events_total", "Events journalled."),
		trades:        counter("trades_total", "Trades made."),
		groupCommands: histogram("group_commands", "Commands that shared one fsync.", 1, 14),
		decideSeconds: histogram("match_seconds", "How long the commands of a group took to be decided, together.", 0.000001, 20),
	}
	commands := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: namespace + "commands_total", Help: "Commands decided.",
	}, []string{"kind", "outcome"})
	for kind := command.Kind(1); int(kind) <= command.Kinds; kind++ {
		for outcome := engine.Journalled; outcome <= engine.Refused; outcome++ {
			m.commands[kind] = append(m.commands[kind], commands.WithLabelValues(kind.String(), outcome.String()))
		}
	}
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: namespace + "info", Help: "1, with what this program is.",
	}, []string{"rules_version"})
	info.WithLabelValues(strconv.Itoa(sequencer.RulesVersion)).Set(1)
	m.Registry.MustRegister(
		info, commands, m.events, m.trades, m.groupCommands, m.decideSeconds, m.FsyncSeconds,
		m.PublishSeconds, m.Published, m.Reconnections, m.PublisherStopped, m.SnapshotSeconds, m.Snapshots, m.Unreplayable,
		m.httpRequests, m.httpSeconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: namespace + name, Help: help})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: namespace + name, Help: help})
}

// histogram has buckets that double from the least on.
func histogram(name, help string, least float64, buckets int) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: namespace + name, Help: help, Buckets: prometheus.ExponentialBuckets(least, 2, buckets),
	})
}

// Gauge registers a value that is read when it is asked for.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: namespace + name, Help: help}, value))
}

// Request counts an answered HTTP request.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.httpSeconds.WithLabelValues(method, route).Observe(took.Seconds())
	m.httpRequests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
}

// Committed counts what a group held.
func (m *Metrics) Committed(t *engine.Tally) {
	for kind := range t.Decided {
		for outcome, count := range t.Decided[kind] {
			if count > 0 {
				m.commands[kind][outcome].Add(float64(count))
			}
		}
	}
	m.events.Add(float64(t.Events))
	m.trades.Add(float64(t.Trades))
	if t.Commands > 0 {
		m.groupCommands.Observe(float64(t.Commands))
		m.decideSeconds.Observe(t.DecideSeconds)
	}
}

// Snapshot counts a snapshot that was made beside the writer.
func (m *Metrics) Snapshot(took time.Duration) {
	m.Snapshots.Inc()
	m.SnapshotSeconds.Set(took.Seconds())
}
