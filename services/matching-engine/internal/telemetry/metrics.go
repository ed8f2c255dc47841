package telemetry

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"daytrading/matching-engine/internal/sequencer"
)

// Metrics is everything `GET /metrics` shows. Children of the hot ones are looked up once, here.
type Metrics struct {
	Registry      *prometheus.Registry
	FsyncSeconds  prometheus.Histogram
	HTTPRequests  *prometheus.CounterVec   // method, route, status
	HTTPSeconds   *prometheus.HistogramVec // method, route
	Published     prometheus.Counter
	Reconnections prometheus.Counter

	commands      map[sequencer.Kind]map[string]prometheus.Counter
	events        prometheus.Counter
	trades        prometheus.Counter
	groupCommands prometheus.Histogram
}

// Outcomes of a command, as a metric's label and a span's attribute.
const (
	OutcomeJournalled = "journalled"
	OutcomeRepeated   = "repeated"
	OutcomeRefused    = "refused"
)

// Outcome is a decision's outcome.
func Outcome(d *sequencer.Decision) string {
	switch {
	case d.Refused != "":
		return OutcomeRefused
	case d.Repeated:
		return OutcomeRepeated
	}
	return OutcomeJournalled
}

// NewMetrics makes a registry of their own, so that a process can hold several engines (tests do).
func NewMetrics() *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "matching_engine_" + name, Help: help})
	}
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		FsyncSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "matching_engine_journal_fsync_seconds", Help: "How long the fsync of a group took.",
			Buckets: prometheus.ExponentialBuckets(0.00025, 2, 14),
		}),
		// Named as in every service of the platform, so that one panel or alert covers all of them.
		HTTPRequests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_server_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		HTTPSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_server_request_duration_seconds", Help: "Time to answer, long polls included.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}, []string{"method", "route"}),
		Published:     counter("published_events_total", "Events that the broker confirmed."),
		Reconnections: counter("publisher_connections_total", "Connections made to the broker."),
		events:        counter("events_total", "Events journalled."),
		trades:        counter("trades_total", "Trades made."),
		groupCommands: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "matching_engine_group_commands", Help: "Commands that shared one fsync.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 13),
		}),
		commands: map[sequencer.Kind]map[string]prometheus.Counter{},
	}
	commands := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "matching_engine_commands_total", Help: "Commands decided.",
	}, []string{"kind", "outcome"})
	for kind := sequencer.Place; kind <= sequencer.Tick; kind++ {
		m.commands[kind] = map[string]prometheus.Counter{}
		for _, outcome := range []string{OutcomeJournalled, OutcomeRepeated, OutcomeRefused} {
			m.commands[kind][outcome] = commands.WithLabelValues(kind.String(), outcome)
		}
	}
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "matching_engine_info", Help: "1, with what this program is.",
	}, []string{"rules_version"})
	info.WithLabelValues(strconv.Itoa(sequencer.RulesVersion)).Set(1)
	m.Registry.MustRegister(
		info, m.FsyncSeconds, m.HTTPRequests, m.HTTPSeconds, m.Published, m.Reconnections, m.events, m.trades,
		m.groupCommands, commands, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Gauge registers a value that is read when it is asked for.
func (m *Metrics) Gauge(name, help string, value func() float64) {
	m.Registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "matching_engine_" + name, Help: help}, value))
}

// Decided counts a decided command.
func (m *Metrics) Decided(kind sequencer.Kind, d *sequencer.Decision) {
	m.commands[kind][Outcome(d)].Inc()
	m.events.Add(float64(len(d.Events)))
	m.trades.Add(float64(d.Trades))
}

// Group counts a group of commands.
func (m *Metrics) Group(commands int) { m.groupCommands.Observe(float64(commands)) }
