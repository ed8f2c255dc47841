package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"daytrading/matching-engine/bench/load"
	"daytrading/matching-engine/bench/workload"
)

// RecoveryRow is what a start takes.
type RecoveryRow struct {
	Commands        int     `json:"commands"` // in the journal
	JournalBytes    int64   `json:"journal_bytes"`
	Seconds         float64 `json:"seconds"` // to replay all of it
	SnapshotBytes   int64   `json:"snapshot_bytes"`
	TailCommands    int     `json:"tail_commands"` // after the snapshot
	TailBytes       int64   `json:"tail_bytes"`
	SnapshotSeconds float64 `json:"snapshot_seconds"`     // to read the snapshot and replay the rest
	CPUSeconds      float64 `json:"cpu_seconds"`          // processor time of the first
	SnapshotCPU     float64 `json:"snapshot_cpu_seconds"` // and of the second
	WriteSeconds    float64 `json:"write_seconds"`        // what it took to write the journal
}

// measureRecovery writes a journal of ten million commands with a snapshot after nine, and starts from both.
func measureRecovery(b *bench) error {
	folder, err := newScratch(b.scratch)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	commands := b.size(10_000_000, 50_000)
	tail := commands / 10
	row := &RecoveryRow{}
	stream, sender := workload.NewStream(b.seed), load.NewSender("BENCH", b.seed)
	began := time.Now()
	if row.Commands, err = writeJournal(b, folder, stream, sender, commands-tail, true); err != nil {
		return err
	}
	before := folderBytes(folder, "*.journal")
	if row.TailCommands, err = writeJournal(b, folder, stream, sender, tail, false); err != nil {
		return err
	}
	row.WriteSeconds = time.Since(began).Seconds()
	row.Commands += row.TailCommands
	row.JournalBytes, row.SnapshotBytes = folderBytes(folder, "*.journal"), folderBytes(folder, "*.snapshot")
	row.TailBytes = row.JournalBytes - before

	b.progress("recovery from a snapshot")
	last, seconds, cpu, err := recoverOnce(folder)
	if err != nil {
		return err
	}
	row.SnapshotSeconds, row.SnapshotCPU = seconds, cpu
	snapshots, err := filepath.Glob(filepath.Join(folder, "*.snapshot"))
	if err != nil {
		return err
	}
	for _, path := range snapshots {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	b.progress("recovery of the whole journal")
	whole, seconds, cpu, err := recoverOnce(folder)
	if err != nil {
		return err
	}
	row.Seconds, row.CPUSeconds = seconds, cpu
	if whole != last {
		return fmt.Errorf("the whole journal leads to sequence %d, the snapshot to %d", whole, last)
	}
	b.report.Recovery, b.report.RecoverySeconds, b.report.SnapshotSeconds = row, row.Seconds, row.SnapshotSeconds
	return nil
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

// recoverOnce is a start: open, restore, replay. It answers with the sequence that it came to.
func recoverOnce(folder string) (last uint64, seconds, cpuSeconds float64, err error) {
	debug.FreeOSMemory()
	cpu, began := processTime(), time.Now()
	j, state, err := recovered(folder)
	if err != nil {
		return 0, 0, 0, err
	}
	seconds, cpuSeconds = time.Since(began).Seconds(), (processTime() - cpu).Seconds()
	j.Close()
	return state.LastSequence(), seconds, cpuSeconds, nil
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
