// The matching engine: order books for every symbol, behind one journal.
//
//	matching-engine [serve]               serve, with settings from the environment
//	matching-engine verify DIR            replay a journal without changing it and compare every event
//	matching-engine ready [URL]           succeed when the engine there, or at LISTEN_ADDRESS, is ready
//	matching-engine rules                 print the version of the matching rules
//	matching-engine permit-release FILE   succeed when this release may take the place of the one whose rules FILE holds
//	matching-engine decide                decide commands from standard input, without a journal, and print their events
package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/sequencer"
)

const usage = `usage: matching-engine [serve]
       matching-engine verify <data folder>
       matching-engine ready [<URL>]
       matching-engine rules
       matching-engine permit-release <file with the deployed rules version>
       matching-engine decide <commands`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "matching-engine:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	command, rest := "serve", arguments
	if len(arguments) > 0 {
		command, rest = arguments[0], arguments[1:]
	}
	switch {
	case command == "serve" && len(rest) == 0:
		s, err := environment()
		if err != nil {
			return err
		}
		configureLogs(s.logLevel)
		return serve(s)
	case command == "verify" && len(rest) == 1:
		return verify(os.Stdout, rest[0], os.Getenv("ARCHIVE_DIR"))
	case command == "ready" && len(rest) == 0:
		own, err := ownURL(listenAddress(os.Getenv))
		if err != nil {
			return err
		}
		return ready(own)
	case command == "ready" && len(rest) == 1:
		return ready(rest[0])
	case command == "rules" && len(rest) == 0:
		fmt.Println(sequencer.RulesVersion)
		return nil
	case command == "permit-release" && len(rest) == 1:
		return permitRelease(rest[0])
	case command == "decide" && len(rest) == 0:
		return decide(os.Stdin, os.Stdout)
	}
	return errors.New(usage)
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
