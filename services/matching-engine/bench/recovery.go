package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"daytrading/matching-engine/bench/load"
	"daytrading/matching-engine/bench/service"
	"daytrading/matching-engine/bench/workload"
)

// RecoveryRow is what a start takes.
type RecoveryRow struct {
	Commands      int     `json:"commands"` // in the journal
	JournalBytes  int64   `json:"journal_bytes"`
	SnapshotBytes int64   `json:"snapshot_bytes"`
	TailCommands  int     `json:"tail_commands"` // after the snapshot
	TailBytes     int64   `json:"tail_bytes"`
	WriteSeconds  float64 `json:"write_seconds"` // what it took to write the journal

	Whole           StartRow `json:"whole"`    // replaying all of it
	Snapshot        StartRow `json:"snapshot"` // reading the snapshot and replaying the rest
	WholeProgram    float64  `json:"whole_program_s"`
	SnapshotProgram float64  `json:"snapshot_program_s"`
}

// StartRow is a start within this process: open, restore, replay.
type StartRow struct {
	Seconds float64 `json:"seconds"` // by the clock on the wall
	Spread
	CPUSeconds float64 `json:"cpu_seconds"`
	last       uint64  // sequence that it came to
}

// measureRecovery writes a journal of ten million commands with a snapshot after nine, and starts from both: in this
// process, and as the service's program does it.
func measureRecovery(b *bench) error {
	folder, err := newScratch(b.scratch)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	data, aside := service.DataFolder(folder), filepath.Join(folder, "aside")
	for _, made := range []string{data, aside} {
		if err := os.Mkdir(made, 0o700); err != nil {
			return err
		}
	}
	row := &RecoveryRow{}
	if err := writeHistory(b, row, data); err != nil {
		return err
	}
	b.progress("recovery from a snapshot")
	if row.Snapshot, err = startOften(data); err != nil {
		return err
	}
	if err := moveSnapshots(data, aside); err != nil {
		return err
	}
	b.progress("recovery of the whole journal")
	if row.Whole, err = startOften(data); err != nil {
		return err
	}
	if row.Whole.last != row.Snapshot.last {
		return fmt.Errorf("the whole journal leads to sequence %d, the snapshot to %d", row.Whole.last, row.Snapshot.last)
	}
	if b.engine != "" {
		b.progress("the program's starts")
		if row.WholeProgram, err = startProgram(b.engine, folder); err != nil {
			return err
		}
		// It has left a snapshot of its end.
		if err := errors.Join(moveSnapshots(data, folder), moveSnapshots(aside, data)); err != nil {
			return err
		}
		if row.SnapshotProgram, err = startProgram(b.engine, folder); err != nil {
			return err
		}
	}
	b.report.Recovery, b.report.RecoverySeconds, b.report.SnapshotSeconds = row, row.Whole.Seconds, row.Snapshot.Seconds
	return nil
}

// writeHistory writes the journal and its snapshot.
func writeHistory(b *bench, row *RecoveryRow, data string) (err error) {
	commands := b.size(10_000_000, 50_000)
	tail := commands / 10
	stream, sender := workload.NewStream(b.seed), load.NewSender("BENCH", b.seed)
	began := time.Now()
	if row.Commands, err = writeJournal(b, data, stream, sender, commands-tail, true); err != nil {
		return err
	}
	before := folderBytes(data, "*.journal")
	if row.TailCommands, err = writeJournal(b, data, stream, sender, tail, false); err != nil {
		return err
	}
	row.WriteSeconds = time.Since(began).Seconds()
	row.Commands += row.TailCommands
	row.JournalBytes, row.SnapshotBytes = folderBytes(data, "*.journal"), folderBytes(data, "*.snapshot")
	row.TailBytes = row.JournalBytes - before
	return nil
}

func moveSnapshots(from, to string) error {
	snapshots, err := filepath.Glob(filepath.Join(from, "*.snapshot"))
	for _, path := range snapshots {
		err = errors.Join(err, os.Rename(path, filepath.Join(to, filepath.Base(path))))
	}
	return err
}

func startOften(data string) (StartRow, error) {
	row, spread, err := medianOf(func() (StartRow, error) { return recoverOnce(data) }, func(r StartRow) float64 { return r.Seconds })
	row.Spread = spread
	return row, err
}

// startProgram is how long the service's program takes until it takes calls.
func startProgram(program, folder string) (seconds float64, err error) {
	began := time.Now()
	process, err := service.Start(program, folder)
	if err != nil {
		return 0, err
	}
	seconds = time.Since(began).Seconds()
	return seconds, process.Stop()
}

// writeJournal has an engine decide commands, and leaves its journal behind, with a snapshot at the end or without.
func writeJournal(b *bench, folder string, stream *workload.Stream, sender *load.Sender, commands int, snapshot bool) (sent int, err error) {
	run, err := startEngine(folder)
	if err != nil {
		return 0, err
	}
	if err := run.list(sender); err != nil {
		return 0, errors.Join(err, run.stop())
	}
	feed := newFeed(run, sender, 16_384, 0)
	for sent < commands {
		b.progress("recovery: writing the journal, %d of %d commands more", sent, commands)
		messages := stream.Next(min(1_000_000, commands-sent))
		feed.samples = feed.samples[:0]
		if err := feed.send(messages); err != nil {
			return sent, errors.Join(err, run.stop())
		}
		sent += len(messages)
	}
	run.engine.Stop()
	if err := <-run.done; err != nil {
		return sent, err
	}
	if snapshot {
		err = run.engine.WriteSnapshot()
	}
	run.journal.Close()
	return sent, err
}

// recoverOnce is one start.
func recoverOnce(folder string) (StartRow, error) {
	debug.FreeOSMemory()
	cpu, began := processTime(), time.Now()
	j, state, err := recovered(folder)
	if err != nil {
		return StartRow{}, err
	}
	row := StartRow{Seconds: time.Since(began).Seconds(), CPUSeconds: (processTime() - cpu).Seconds(), last: state.LastSequence()}
	j.Close()
	return row, nil
}

// folderBytes is what the files of a pattern take; what is only set aside for later is not counted.
func folderBytes(folder, pattern string) int64 {
	paths, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		return 0
	}
	total := int64(0)
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	return total
}
