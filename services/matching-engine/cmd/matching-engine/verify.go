package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// verify replays a journal from as early as it goes, and fails at the first event that does not come out again byte
// for byte, or at a snapshot that is not the state that the replay has come to.
func verify(out io.Writer, dir, archive string) error {
	s := emptyState()
	found, err := journal.Walk(journal.WalkOptions{
		Dir: dir, ArchiveDir: archive, Rules: sequencer.RulesVersion,
		AtSnapshot: func(_ uint64, body []byte) error {
			if err := s.Finish(); err != nil {
				return err
			}
			if !bytes.Equal(body, s.AppendSnapshot(nil)) {
				return errors.New("it is not the state that the records before it lead to")
			}
			return nil
		},
	}, s.restore, s.Replay)
	if err == nil {
		err = s.Finish()
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "log %s: %d events, every one the same again; %d symbols, %d open orders\n",
		found.LogID, s.LastSequence(), s.Books().Symbols(), s.Books().Open())
	if found.Began > 0 {
		fmt.Fprintf(out, "from the snapshot at %d on: what came before is not replayed by these rules, or was deleted\n", found.Began)
	}
	if found.Snapshots > 0 {
		fmt.Fprintf(out, "%d snapshots hold the same state\n", found.Snapshots)
	}
	if found.TornBytes > 0 {
		fmt.Fprintf(out, "the last %d bytes are a group under way, or one that a crash cut short: nobody was told of it\n", found.TornBytes)
	}
	return nil
}
