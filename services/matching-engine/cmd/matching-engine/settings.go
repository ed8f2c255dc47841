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

	"daytrading/matching-engine/internal/failpoint"
)

// settings come from the environment; the names are these in capitals.
type settings struct {
	listenAddress   string        // host:port
	dataDir         string        // the journal and the publisher's position
	serviceKeysFile string        // public keys of the callers
	brokerURL       string        // empty: the log is not published
	tickInterval    time.Duration // how long the log may be silent
	segmentBytes    int64
	otlpEndpoint    string // empty: spans are not sent to a collector
	traceFile       string // empty: spans are not written to a file
	logLevel        slog.Level
}

// readSettings reads and checks all of them, and reports everything that is wrong at once.
func readSettings(getenv func(string) string) (settings, error) {
	var wrong []error
	text := func(name, otherwise string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return otherwise
	}
	check := func(name string, err error) {
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
	}
	s := settings{
		listenAddress: listenAddress(getenv), dataDir: text("DATA_DIR", ""),
		serviceKeysFile: text("SERVICE_KEYS_FILE", ""), brokerURL: text("BROKER_URL", ""),
		otlpEndpoint: text("OTLP_ENDPOINT", ""), traceFile: text("TRACE_FILE", ""),
	}
	_, _, err := net.SplitHostPort(s.listenAddress)
	check("LISTEN_ADDRESS", err)
	check("DATA_DIR", required(s.dataDir, "a folder for the journal"))
	check("SERVICE_KEYS_FILE", required(s.serviceKeysFile, "the key set with the callers' public keys"))
	check("BROKER_URL", checkURL(s.brokerURL, "amqp", "amqps"))
	check("OTLP_ENDPOINT", checkURL(s.otlpEndpoint, "http", "https"))
	s.tickInterval, err = parseInterval(text("TICK_INTERVAL", "1s"))
	check("TICK_INTERVAL", err)
	s.segmentBytes, err = parseBytes(text("SEGMENT_BYTES", strconv.Itoa(256<<20)))
	check("SEGMENT_BYTES", err)
	check("LOG_LEVEL", s.logLevel.UnmarshalText([]byte(strings.Replace(strings.ToUpper(text("LOG_LEVEL", "INFO")), "WARNING", "WARN", 1))))
	check("FAILPOINTS", failpoint.Arm(getenv("FAILPOINTS")))
	return s, errors.Join(wrong...)
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

func parseBytes(value string) (int64, error) {
	bytes, err := strconv.ParseInt(value, 10, 64)
	if err != nil || bytes < 4096 || bytes > 1<<40 {
		return 0, errors.New("must be a number of bytes from 4096 to 2^40")
	}
	return bytes, nil
}

func environment() (settings, error) { return readSettings(os.Getenv) }
