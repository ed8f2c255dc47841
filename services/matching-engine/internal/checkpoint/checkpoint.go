// Package checkpoint makes snapshots while the engine trades: beside it, from what lies on disk, by replaying
// sealed segments onto the snapshot before. The writer never stops for it, and every snapshot proves anew that
// the journal replays to the same events. Then it archives the segments that the snapshot covers, and deletes
// those that retention, readers and snapshots no longer need.
package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"daytrading/matching-engine/internal/journal"
)

// tryAgainAfter is the pause after a snapshot that failed, as on a full volume, and the time after which it is looked
// again at what may be put away: time passes for the retention, too.
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
	Journal        *journal.Journal
	EveryCommands  int                                       // sealed commands after the newest snapshot that are worth another; from 1
	Retention      time.Duration                             // that archived segments stay at least; 0: for ever
	Restore        func(snapshot []byte) (State, error)      // nil snapshot: the state before the first record
	OnSnapshot     func(sequence uint64, took time.Duration) // may be nil
	OnUnreplayable func(error)                               // the journal on disk does not replay; once; may be nil
	Now            func() time.Time                          // nil: time.Now
	Log            *slog.Logger                              // nil: slog.Default()
}

// Checkpointer makes snapshots, archives what they cover, and deletes what nobody needs any more.
type Checkpointer struct {
	options      Options
	journal      *journal.Journal
	log          *slog.Logger
	notBefore    time.Time // the next try of a snapshot, after one that failed
	unreplayable bool
	untidy       bool // the last round of putting away failed
}

// New makes a checkpointer.
func New(options Options) *Checkpointer {
	c := &Checkpointer{options: options, journal: options.Journal, log: options.Log}
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.options.Now == nil {
		c.options.Now = time.Now
	}
	return c
}

// contradiction says that a record was replayed to other events than it holds.
type contradiction struct{ error }

func (c contradiction) Unwrap() error { return c.error }

// Run works until the context is done: whenever a segment was sealed, a reader confirmed something or the volume has
// no room, and every half minute. What fails is logged and tried again. If the journal on disk cannot be replayed, by
// damage or by a contradiction, it is marked so and no more snapshots are made, since the next start would meet it;
// the writer's own state is not touched by that, and what older snapshots cover is still put away.
func (c *Checkpointer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		sealed, uncovered, changed := c.journal.Sealed()
		if uncovered >= max(c.options.EveryCommands, 1) && !c.unreplayable && !time.Now().Before(c.notBefore) {
			if err := c.snapshot(ctx, sealed); err != nil && ctx.Err() == nil {
				c.failed(sealed, err)
			}
		}
		c.tidy()
		timer := time.NewTimer(tryAgainAfter)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-c.journal.Tidy():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// failed tells what the journal itself says from what passes: a full volume, too many open files.
func (c *Checkpointer) failed(sequence uint64, err error) {
	var contradicts contradiction
	var damage *journal.DamageError
	if !errors.As(err, &contradicts) && !errors.As(err, &damage) {
		c.log.Error("no snapshot was made; it is tried again", "sequence", sequence, "error", err)
		c.notBefore = time.Now().Add(tryAgainAfter)
		return
	}
	c.unreplayable = true
	if marking := c.journal.MarkUnreplayable(err.Error()); marking != nil {
		err = errors.Join(err, fmt.Errorf("mark it so: %w", marking))
	}
	if c.options.OnUnreplayable != nil {
		c.options.OnUnreplayable(fmt.Errorf("make a snapshot at sequence %d: %w", sequence, err))
	}
}

// snapshot makes and keeps a snapshot of the state after the record that ends with a sequence.
func (c *Checkpointer) snapshot(ctx context.Context, sequence uint64) error {
	began := time.Now()
	state, stampNS, err := c.replay(ctx, sequence)
	if err != nil {
		return err
	}
	body := state.AppendSnapshot(nil)
	if err := c.journal.WriteSnapshot(sequence, stampNS, body); err != nil {
		return err
	}
	took := time.Since(began)
	c.log.Info("a snapshot was made", "sequence", sequence, "bytes", len(body), "seconds", took.Seconds())
	if c.options.OnSnapshot != nil {
		c.options.OnSnapshot(sequence, took)
	}
	return nil
}

// replay gives the state after the record that ends with a sequence, and that record's stamp.
func (c *Checkpointer) replay(ctx context.Context, sealed uint64) (state State, stampNS int64, err error) {
	from, found, err := c.journal.LoadSnapshot(func(snapshot []byte) (err error) {
		state, err = c.options.Restore(snapshot)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	if !found {
		if first := c.journal.FirstSequence(); first != 1 {
			return nil, 0, fmt.Errorf("no snapshot is left, and the log begins with %d", first)
		}
		if state, err = c.options.Restore(nil); err != nil {
			return nil, 0, err
		}
	}
	stampNS = from.StampNS
	for record, err := range c.journal.Records(from.Sequence) {
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
			return nil, 0, contradiction{fmt.Errorf("sequence %d: %w", record.FirstSequence, err)}
		}
		stampNS = record.StampNS
	}
	if err := state.Finish(); err != nil {
		return nil, 0, contradiction{err}
	}
	return state, stampNS, nil
}

// tidy puts away what the newest snapshot covers, and deletes what may go. It logs when that begins to fail, and when it
// no longer does.
func (c *Checkpointer) tidy() {
	err := c.journal.Archive()
	deleted, deleting := c.journal.DeleteArchived(c.options.Retention, c.options.Now().UnixNano())
	if err = errors.Join(err, deleting); err != nil && !c.untidy {
		c.log.Error("sealed segments cannot be put away; it is tried again", "error", err)
	}
	if err == nil && c.untidy {
		c.log.Info("sealed segments are put away again")
	}
	c.untidy = err != nil
	if deleted > 0 {
		c.log.Info("archived segments past their retention were deleted", "segments", deleted, "first_sequence", c.journal.FirstSequence())
	}
}
