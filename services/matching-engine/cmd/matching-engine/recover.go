package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/checkpoint"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
	"daytrading/matching-engine/internal/telemetry"
)

// state is a sequencer that is recovered: from a snapshot, or from the beginning of the log, and what follows.
// After records it is whole only once it is finished.
type state struct {
	*sequencer.Sequencer
	replayer *sequencer.Replayer
	replayed int // records
}

// emptyState is the state before the first record, which sets the limits.
func emptyState() *state {
	s := sequencer.New(book.Limits{})
	return &state{Sequencer: s, replayer: sequencer.NewReplayer(s)}
}

func (s *state) restore(snapshot []byte) error {
	restored, err := sequencer.Restore(snapshot)
	if err == nil {
		s.Sequencer, s.replayer = restored, sequencer.NewReplayer(restored)
	}
	return err
}

// Replay applies a journalled command with its journalled stamp and compares the events, some records at a time.
func (s *state) Replay(r journal.Record) error {
	s.replayed++
	return s.replayer.Add(event.Record(r))
}

// Finish replays the records that still wait for others.
func (s *state) Finish() error { return s.replayer.Finish() }

// restoreState is what the checkpointer starts from.
func restoreState(snapshot []byte) (checkpoint.State, error) {
	s := emptyState()
	if snapshot == nil {
		return s, nil
	}
	return s, s.restore(snapshot)
}

// unlessDone ends a replay, which may take a while, when the process is told to end.
func unlessDone(ctx context.Context, visit func(journal.Record) error) func(journal.Record) error {
	return func(r journal.Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return visit(r)
	}
}

// recoverEngine opens the journal, brings the state to its end and makes an engine that goes on there.
func recoverEngine(ctx context.Context, s settings, metrics *telemetry.Metrics) (*journal.Journal, *engine.Engine, error) {
	began := time.Now()
	recovered := emptyState()
	j, err := journal.Open(journal.Options{
		Dir: s.dataDir, ArchiveDir: s.archiveDir, Rules: sequencer.RulesVersion, SegmentBytes: s.segmentBytes,
		NewLogID: newUUID, OnFsync: metrics.FsyncSeconds.Observe, Readers: s.readers, Finish: recovered.Finish,
	}, recovered.restore, unlessDone(ctx, recovered.Replay))
	if err != nil {
		return nil, nil, fmt.Errorf("the journal in DATA_DIR: %w", err)
	}
	e, err := engine.New(engine.Options{
		Clock: engine.NewSystemClock(), TickInterval: s.tickInterval, Observer: metrics,
		Limits: s.limits, MaxQueued: s.maxQueued, MaxRemembered: s.maxRemembered, MaxReads: s.maxReads, MaxClockJump: s.maxClockJump,
	}, j, recovered.Sequencer)
	if err != nil {
		j.Close()
		return nil, nil, err
	}
	slog.Info("recovered", "last_sequence", j.LastSequence(), "snapshot_sequence", j.SnapshotSequence(),
		"replayed_commands", recovered.replayed, "open_orders", e.Log().State().OpenOrders,
		"symbols", e.Log().State().Symbols, "seconds", time.Since(began).Seconds())
	watch(metrics, j, e)
	return j, e, nil
}

// watch registers the figures that are read when they are asked for.
func watch(metrics *telemetry.Metrics, j *journal.Journal, e *engine.Engine) {
	log := e.Log()
	metrics.Gauge("open_orders", "Open orders, active and dormant.", func() float64 { return float64(log.State().OpenOrders) })
	metrics.Gauge("price_levels", "Prices at which orders rest or stops wait.", func() float64 { return float64(log.State().Levels) })
	metrics.Gauge("remembered_commands", "Command ids that are remembered.", func() float64 { return float64(log.State().Remembered) })
	metrics.Gauge("symbols", "Listed symbols.", func() float64 { return float64(log.State().Symbols) })
	metrics.Gauge("queued_commands", "Commands that wait to be decided.", func() float64 { return float64(e.QueuedCommands()) })
	metrics.Gauge("first_sequence", "Sequence of the oldest event that is still there.", func() float64 { return float64(log.FirstSequence()) })
	metrics.Gauge("last_sequence", "Sequence of the log's last event.", func() float64 { return float64(log.State().LastSequence) })
	metrics.Gauge("journal_time_seconds", "Journal time of the log's last event, since the Unix epoch.",
		func() float64 { return float64(log.State().JournalTimeNS) / 1e9 })
	metrics.Gauge("accepting", "1 while commands are taken, 0 while they are refused.", func() float64 {
		if e.Room() != nil {
			return 0
		}
		return 1
	})
	metrics.WatchJournal(j, func() int64 { return log.State().JournalTimeNS })
}
