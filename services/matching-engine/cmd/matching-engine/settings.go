package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
	"daytrading/matching-engine/internal/server"
)

// defaultLimits hold unless the environment says otherwise.
var defaultLimits = book.Limits{
	OpenOrders: 4_000_000, OpenOrdersPerAccount: 10_000, LevelsPerSide: 100_000, Symbols: 10_000, TrailingStopsPerSymbol: 1_000,
	TradesPerOrder: 100_000,
}

// settings come from the environment; the names are these in capitals.
type settings struct {
	listenAddress   string        // host:port
	debugAddress    string        // host:port of the profiler; empty: there is none
	dataDir         string        // the journal, its snapshots and the readers' positions
	archiveDir      string        // sealed segments that a snapshot covers; empty: dataDir/archive
	serviceKeysFile string        // public keys of the callers
	brokerURL       string        // empty: the log is not published
	tickInterval    time.Duration // how long the log may be silent
	retention       time.Duration // of journal time that archived segments stay; 0: for ever
	segmentBytes    int64
	snapshotEvery   int64         // commands
	readers         []string      // services that count among the readers before they have confirmed anything
	maxClockJump    time.Duration // of the wall clock, at a start; 0: any
	maxQueued       int64         // commands
	maxQueuedBytes  int64         // of the bodies of calls
	maxRemembered   int64         // command ids
	maxPerCall      int           // commands
	maxReads        int64         // looks at the books that are not answered yet
	maxEventReaders int           // at once
	limits          book.Limits
	otlpEndpoint    string // empty: spans are not sent to a collector
	traceFile       string // empty: spans are not written to a file
	logLevel        slog.Level
}

// reading collects everything that is wrong, so that one start reports all of it.
type reading struct {
	getenv func(string) string
	wrong  []error
}

func (r *reading) text(name, otherwise string) string {
	if value := r.getenv(name); value != "" {
		return value
	}
	return otherwise
}

func (r *reading) check(name string, err error) {
	if err != nil {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %w", name, err))
	}
}

// number reads a whole number within bounds.
func (r *reading) number(name string, otherwise, least, most int64) int64 {
	value, err := strconv.ParseInt(r.text(name, strconv.FormatInt(otherwise, 10)), 10, 64)
	if err != nil || value < least || value > most {
		r.check(name, fmt.Errorf("must be a whole number from %d to %d", least, most))
	}
	return value
}

func (r *reading) address(name, value string) string {
	if value != "" {
		_, _, err := net.SplitHostPort(value)
		r.check(name, err)
	}
	return value
}

// readSettings reads and checks all of them, and reports everything that is wrong at once.
func readSettings(getenv func(string) string) (settings, error) {
	r := &reading{getenv: getenv}
	s := settings{
		listenAddress: r.address("LISTEN_ADDRESS", listenAddress(getenv)), debugAddress: r.address("DEBUG_ADDRESS", getenv("DEBUG_ADDRESS")),
		dataDir: r.text("DATA_DIR", ""), archiveDir: r.text("ARCHIVE_DIR", ""),
		serviceKeysFile: r.text("SERVICE_KEYS_FILE", ""), brokerURL: r.text("BROKER_URL", ""),
		otlpEndpoint: r.text("OTLP_ENDPOINT", ""), traceFile: r.text("TRACE_FILE", ""),
		segmentBytes:    r.number("SEGMENT_BYTES", journal.DefaultSegmentBytes, 4096, 1<<30),
		snapshotEvery:   r.number("SNAPSHOT_EVERY_COMMANDS", 1_000_000, 1, 1<<40),
		maxQueued:       r.number("MAX_QUEUED_COMMANDS", 32768, command.MaxCommandsPerCall, 1<<24),
		maxQueuedBytes:  r.number("MAX_QUEUED_BYTES", 64<<20, command.MaxCallBytes, 1<<40),
		maxRemembered:   r.number("MAX_REMEMBERED_COMMANDS", 20_000_000, command.MaxCommandsPerCall, 1<<31),
		maxPerCall:      int(r.number("MAX_COMMANDS_PER_CALL", command.MaxCommandsPerCall, 1, command.MaxCommandsPerCall)),
		maxReads:        r.number("MAX_READS", 1024, 1, 1<<20),
		maxEventReaders: int(r.number("MAX_EVENT_READERS", 512, 1, 1<<16)),
		limits: book.Limits{
			OpenOrders:             r.number("MAX_OPEN_ORDERS", defaultLimits.OpenOrders, 1, sequencer.MostOpenOrders),
			OpenOrdersPerAccount:   r.number("MAX_OPEN_ORDERS_PER_ACCOUNT", defaultLimits.OpenOrdersPerAccount, 1, sequencer.MostOpenOrders),
			LevelsPerSide:          r.number("MAX_LEVELS_PER_SIDE", defaultLimits.LevelsPerSide, 1, 1<<30),
			Symbols:                r.number("MAX_SYMBOLS", defaultLimits.Symbols, 1, 1<<20),
			TrailingStopsPerSymbol: r.number("MAX_TRAILING_STOPS_PER_SYMBOL", defaultLimits.TrailingStopsPerSymbol, 0, 1<<20),
			TradesPerOrder:         r.number("MAX_TRADES_PER_ORDER", defaultLimits.TradesPerOrder, 1, 1<<20),
		},
	}
	r.check("DATA_DIR", required(s.dataDir, "a folder for the journal"))
	r.check("SERVICE_KEYS_FILE", required(s.serviceKeysFile, "the key set with the callers' public keys"))
	r.check("BROKER_URL", checkURL(s.brokerURL, "amqp", "amqps"))
	r.check("OTLP_ENDPOINT", checkURL(s.otlpEndpoint, "http", "https"))
	var err error
	s.tickInterval, err = parseInterval(r.text("TICK_INTERVAL", "1s"))
	r.check("TICK_INTERVAL", err)
	s.retention, err = parseRetention(r.text("RETENTION", "0"))
	r.check("RETENTION", err)
	s.maxClockJump, err = parseClockJump(r.text("MAX_CLOCK_JUMP", "720h"))
	r.check("MAX_CLOCK_JUMP", err)
	s.readers, err = parseReaders(getenv("READERS"))
	r.check("READERS", err)
	r.check("LOG_LEVEL", s.logLevel.UnmarshalText([]byte(strings.Replace(strings.ToUpper(r.text("LOG_LEVEL", "INFO")), "WARNING", "WARN", 1))))
	r.check("FAILPOINTS", failpoint.Arm(getenv("FAILPOINTS")))
	failpoint.Follow(getenv("FAILPOINTS_FILE"))
	return s, errors.Join(r.wrong...)
}

func listenAddress(getenv func(string) string) string {
	if value := getenv("LISTEN_ADDRESS"); value != "" {
		return value
	}
	return "127.0.0.1:8105"
}

func required(value, what string) error {
	if value == "" {
		return errors.New("must be set to " + what)
	}
	return nil
}

func checkURL(value string, schemes ...string) error {
	if value == "" {
		return nil
	}
	parsed, err := url.Parse(value)
	if err == nil && parsed.Host != "" {
		for _, scheme := range schemes {
			if parsed.Scheme == scheme {
				return nil
			}
		}
	}
	// The value may hold a password: it is not repeated.
	return fmt.Errorf("must be a URL that begins with %s://", strings.Join(schemes, ":// or "))
}

// parseInterval keeps ticks well within the few seconds that a caller gives a place command: what it never got
// expires by the log, and an idle log goes on by ticks alone.
func parseInterval(value string) (time.Duration, error) {
	interval, err := time.ParseDuration(value)
	if err == nil && (interval < 10*time.Millisecond || interval > 2*time.Second) {
		err = errors.New("must be from 10ms to 2s: an idle engine lets commands expire by its ticks")
	}
	return interval, err
}

func parseRetention(value string) (time.Duration, error) {
	retention, err := time.ParseDuration(value)
	if err == nil && retention < 0 {
		err = errors.New("must be a duration such as 720h, or 0 to keep archived segments for ever")
	}
	return retention, err
}

func parseClockJump(value string) (time.Duration, error) {
	jump, err := time.ParseDuration(value)
	if err == nil && jump < 0 {
		err = errors.New("must be a duration such as 720h, or 0 to take any time of the wall clock")
	}
	return jump, err
}

// parseReaders reads names between commas.
func parseReaders(value string) (names []string, err error) {
	if value == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		if !server.ValidReader(name) {
			return nil, fmt.Errorf("%q is no reader's name: 1 to 64 small letters, digits and . _ -", name)
		}
		names = append(names, name)
	}
	return names, nil
}

func environment() (settings, error) { return readSettings(os.Getenv) }
