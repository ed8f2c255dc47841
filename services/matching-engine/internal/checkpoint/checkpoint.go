// Package checkpoint makes snapshots while the engine trades: beside it, from what lies on disk, by replaying
// sealed segments onto the snapshot before. The writer never stops for it, and every snapshot proves anew that
// the journal replays to the same events. Then it archives the segments that the snapshot covers, and deletes
// those that retention, readers and snapshots no longer need.
package checkpoint

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"daytrading/matching-engine/internal/journal"
)

// tryAgainAfter is the pause after a snapshot or a move that failed, as on a full volume.
const tryAgainAfter = 30 * time.Second

// State is what a snapshot holds: a sequencer.
type State interface {
	// Replay applies a record, now or with those that follow it, and fails when it gives other events than the
	// record holds. The record's bytes are its own only during the call.
	Replay(r journal.Record) error
	// Finish is called after the last record, and fails as Replay does.
	Finish() error
	AppendSnapshot(to []byte) []byte
}

// Options of a checkpointer.
type Options struct {
	Journal       *journal.Journal
	EveryCommands int                                       // sealed commands after the newest snapshot that are worth another; from 1
	Retention     time.Duration                             // of journal time that archived segments stay at least; 0: for ever
	Restore       func(snapshot []byte) (State, error)      // nil snapshot: the state before the first record
	OnSnapshot    func(sequence uint64, took time.Duration) // may be nil
	Log           *slog.Logger                              // nil: slog.Default()
}

// Checkpointer makes snapshots, archives what they cover, and deletes what nobody needs any more.
type Checkpointer struct {
	options Options
	journal *journal.Journal
	log     *slog.Logger
}

// New makes a checkpointer.
func New(options Options) *Checkpointer {
	c := &Checkpointer{options: options, journal: options.Journal, log: options.Log}
	if c.log == nil {
		c.log = slog.Default()
	}
	return c
}

// Run works whenever a segment was sealed, until the context is done: nil then. What the volume refuses is
// logged and tried again. An error says that the journal cannot be replayed, by damage or by a contradiction:
// the writer's own state is not touched by that, but the next start would meet it.
func (c *Checkpointer) Run(ctx context.Context) error {
	for {
		sealed, uncovered, changed := c.journal.Sealed()
		pause := time.Duration(0)
		if uncovered >= max(c.options.EveryCommands, 1) {
			state, stampNS, err := c.replay(ctx, sealed)
			if ctx.Err() != nil {
				return nil
			}
			if err != nil {
				return fmt.Errorf("make a snapshot at sequence %d: %w", sealed, err)
			}
			pause = c.keep(state, sealed, stampNS)
		}
		if err := c.tidy(); err != nil {
			c.log.Error("sealed segments cannot be put away; it is tried again", "error", err)
			pause = tryAgainAfter
		}
		if !wait(ctx, changed, pause) {
			return nil
		}
	}
}

// wait returns once a segment was sealed, or after a pause that is not 0; false when the context is done.
func wait(ctx context.Context, changed <-chan struct{}, pause time.Duration) bool {
	var over <-chan time.Time
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		over, changed = timer.C, nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-changed:
	case <-over:
	}
	return true
}

// replay gives the state after the record that ends with a sequence, and that record's stamp.
func (c *Checkpointer) replay(ctx context.Context, sealed uint64) (State, int64, error) {
	snapshot, found, err := c.journal.LoadSnapshot()
	if err != nil {
		return nil, 0, err
	}
	if first := c.journal.FirstSequence(); !found && first != 1 {
		return nil, 0, fmt.Errorf("no snapshot is left, and the log begins with %d", first)
	}
	state, err := c.options.Restore(snapshot.Body)
	if err != nil {
		return nil, 0, fmt.Errorf("restore the snapshot %d: %w", snapshot.Sequence, err)
	}
	stampNS := snapshot.StampNS
	for record, err := range c.journal.Records(snapshot.Sequence) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, 0, err
		}
		if record.LastSequence() > sealed {
			break
		}
		if err := state.Replay(record); err != nil {
			return nil, 0, fmt.Errorf("sequence %d: %w", record.FirstSequence, err)
		}
		stampNS = record.StampNS
	}
	if err := state.Finish(); err != nil {
		return nil, 0, err
	}
	return state, stampNS, nil
}

// keep writes the snapshot; it returns how long to wait before another try, 0 when it is there.
func (c *Checkpointer) keep(state State, sequence uint64, stampNS int64) (pause time.Duration) {
	began := time.Now()
	body := state.AppendSnapshot(nil)
	if err := c.journal.WriteSnapshot(sequence, stampNS, body); err != nil {
		c.log.Error("a snapshot could not be kept; it is tried again", "sequence", sequence, "error", err)
		return tryAgainAfter
	}
	took := time.Since(began)
	c.log.Info("a snapshot was made", "sequence", sequence, "bytes", len(body), "seconds", took.Seconds())
	if c.options.OnSnapshot != nil {
		c.options.OnSnapshot(sequence, took)
	}
	return 0
}

// tidy puts away what the newest snapshot covers, and deletes what may go.
func (c *Checkpointer) tidy() error {
	if err := c.journal.Archive(); err != nil {
		return err
	}
	deleted, err := c.journal.DeleteArchived(c.options.Retention)
	if deleted > 0 {
		c.log.Info("archived segments past their retention were deleted", "segments", deleted, "first_sequence", c.journal.FirstSequence())
	}
	return err
}
