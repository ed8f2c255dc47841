package main

import (
	"fmt"
	"io"

	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// verify replays a journal and fails at the first event that does not come out again byte for byte.
func verify(out io.Writer, dir string) error {
	s := sequencer.New()
	logID, tornBytes, err := journal.Walk(dir, sequencer.RulesVersion, replay(s))
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "log %s: %d events, every one the same again; %d symbols, %d open orders\n",
		logID, s.LastSequence(), s.Symbols(), s.OpenOrders())
	if tornBytes > 0 {
		fmt.Fprintf(out, "the last %d bytes are a group under way, or one that a crash cut short: nobody was told of it\n", tornBytes)
	}
	return nil
}

// replay applies journalled commands with their journalled stamps.
func replay(s *sequencer.Sequencer) func(journal.Entry) error {
	return func(e journal.Entry) error {
		return s.Replay(e.Command, e.StampNS, e.FirstSequence, e.Events)
	}
}
