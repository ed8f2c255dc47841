// The matching engine: order books for every symbol, behind one journal.
//
//	matching-engine [serve]     serve, with settings from the environment
//	matching-engine verify DIR  replay a journal without changing it and compare every event
package main

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"daytrading/matching-engine/internal/book"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "matching-engine:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 0 || len(arguments) == 1 && arguments[0] == "serve":
		s, err := environment()
		if err != nil {
			return err
		}
		configureLogs(s.logLevel)
		return serve(s)
	case len(arguments) == 2 && arguments[0] == "verify":
		return verify(os.Stdout, arguments[1])
	}
	return fmt.Errorf("usage: matching-engine [serve] | matching-engine verify <data folder>")
}

func configureLogs(level slog.Level) {
	handler := slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: commonNames})
	slog.SetDefault(slog.New(handler).With("service", "matching-engine"))
}

// commonNames gives log members the names that every service of the platform uses.
func commonNames(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.Attr{Key: "timestamp", Value: a.Value}
	case slog.LevelKey:
		return slog.String("level", strings.ToLower(a.Value.String()))
	case slog.MessageKey:
		return slog.Attr{Key: "event", Value: a.Value}
	}
	return a
}

// newUUID makes a random UUID, version 4.
func newUUID() string {
	var id book.ID
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
