package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// WalkOptions say what Walk reads, and how.
type WalkOptions struct {
	Dir            string
	ArchiveDir     string // as Options.ArchiveDir; empty: Dir/archive
	Rules          uint32
	NewestSnapshot bool // begin at the newest good snapshot, not as early as can be
	// AtSnapshot is called when the walk passes a snapshot that it did not begin with, with what the snapshot
	// holds: a replayed state should be the same. nil: they are not looked at.
	AtSnapshot func(sequence uint64, body []byte) error
	Disk       Disk // nil: the operating system's
}

// Summary is what Walk found.
type Summary struct {
	LogID         string
	Began         uint64 // the sequence of the snapshot that the walk began with; 0: with the first record of the log
	FirstSequence uint64 // of the oldest record there is
	LastSequence  uint64
	LastStampNS   int64
	Records       int // visited
	Segments      int
	Snapshots     int   // compared
	TornBytes     int64 // behind the last whole record: a group that was never finished, or that is being written
}

// errAgain says that the engine moved files while they were being listed.
var errAgain = errors.New("the journal changed meanwhile")

// Walk reads a journal without changing it, also while an engine writes it, as far as it goes at the call. It
// begins with the oldest record when that is the log's first and all are of these rules, else with the oldest
// snapshot after which all are; that is given to restore, as in Open.
func Walk(options WalkOptions, restore func(snapshot []byte) error, visit func(Record) error) (Summary, error) {
	if options.ArchiveDir == "" {
		options.ArchiveDir = defaultArchive(options.Dir)
	}
	if options.Disk == nil {
		options.Disk = osDisk{}
	}
	for attempts := 1; ; attempts++ {
		w := walk{options: options, disk: options.Disk}
		err := w.prepare(restore)
		if err == nil {
			err = w.run(visit)
		}
		if !errors.Is(err, errAgain) || attempts == 5 {
			return w.summary, err
		}
	}
}

type walk struct {
	options   WalkOptions
	disk      Disk
	summary   Summary
	segments  []*segment
	snapshots []uint64 // ascending, those after the beginning
	walker    walker
}

// prepare lists what is there and restores the state to begin with.
func (w *walk) prepare(restore func([]byte) error) (err error) {
	dir := w.options.Dir
	if w.summary.LogID, err = readLogID(w.disk, dir); err != nil {
		return err
	}
	if w.summary.LogID == "" {
		return fmt.Errorf("the folder holds no log: it has no file %s", logIDFile)
	}
	archive := filepath.Join(w.options.ArchiveDir, w.summary.LogID)
	if w.segments, err = listSegments(w.disk, dir, archive); err != nil {
		return err
	}
	if len(w.segments) == 0 {
		return noSegment(dir, archive, w.summary.LogID)
	}
	for _, s := range w.segments {
		if err := readSegmentHeader(w.disk, s, w.summary.LogID); errors.Is(err, fs.ErrNotExist) {
			return errAgain
		} else if err != nil {
			return err
		}
	}
	newestFirst, err := listSnapshots(w.disk, dir)
	if err != nil {
		return err
	}
	for i := range newestFirst {
		w.snapshots = append(w.snapshots, newestFirst[len(newestFirst)-1-i])
	}
	w.walker = walker{disk: w.disk, archive: archive, rules: w.options.Rules}
	w.summary.Segments, w.summary.FirstSequence = len(w.segments), w.segments[0].firstSequence
	return w.begin(restore)
}

// begin restores the state to begin with. Where no beginning fits, the earliest is taken: what it meets then
// says what is wrong.
func (w *walk) begin(restore func([]byte) error) error {
	earliest := w.earliest()
	fromStart := w.summary.FirstSequence == 1
	if fromStart && earliest == 0 && !w.options.NewestSnapshot {
		return nil
	}
	var candidates []uint64
	for i := range w.snapshots {
		at := i
		if w.options.NewestSnapshot {
			at = len(w.snapshots) - 1 - i
		}
		if s := w.snapshots[at]; s >= earliest && s+1 >= w.summary.FirstSequence {
			candidates = append(candidates, s)
		}
	}
	var reasons error
	for _, sequence := range candidates {
		s, err := readSnapshot(w.disk, w.options.Dir, w.summary.LogID, sequence)
		if err == nil {
			err = restore(s.Body)
		}
		if err != nil {
			reasons = errors.Join(reasons, err)
			continue
		}
		w.walker.from, w.walker.fromNS, w.summary.Began = s.Sequence, s.StampNS, s.Sequence
		return nil
	}
	if fromStart {
		return nil
	}
	if reasons == nil {
		reasons = errors.New("there is none that the rest of the log follows")
	}
	return fmt.Errorf("the log begins with sequence %d, and no snapshot can be used: %w", w.summary.FirstSequence, reasons)
}

// earliest is the sequence after which all records are of these rules.
func (w *walk) earliest() uint64 {
	for i := len(w.segments) - 1; i >= 0; i-- {
		if w.segments[i].rules != w.options.Rules && i+1 < len(w.segments) {
			return w.segments[i+1].firstSequence - 1
		}
	}
	return 0
}

func (w *walk) run(visit func(Record) error) error {
	w.walker.visit = func(r Record) error {
		if err := w.compare(r.FirstSequence - 1); err != nil {
			return err
		}
		w.summary.Records++
		return visit(r)
	}
	end, err := w.walker.walk(w.segments[max(holding(w.segments, w.walker.from+1), 0):])
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("a segment was deleted while it was to be read: begin again (%w)", err)
	}
	if err != nil {
		return err
	}
	w.summary.TornBytes = end.tornEnd - end.end
	w.summary.LastSequence, w.summary.LastStampNS = w.walker.last, max(w.walker.stampNS, w.walker.fromNS)
	if w.walker.last < w.walker.from {
		return fmt.Errorf("the snapshot %d is past the log's end, %d", w.walker.from, w.walker.last)
	}
	return w.compare(w.walker.last)
}

// compare gives the snapshot at a sequence to AtSnapshot, if there is one that the walk did not begin with.
func (w *walk) compare(sequence uint64) error {
	for len(w.snapshots) > 0 && w.snapshots[0] <= sequence {
		at := w.snapshots[0]
		w.snapshots = w.snapshots[1:]
		if at <= w.walker.from || w.options.AtSnapshot == nil {
			continue
		}
		if at < sequence {
			return fmt.Errorf("the snapshot %d lies within a record", at)
		}
		s, err := readSnapshot(w.disk, w.options.Dir, w.summary.LogID, at)
		if errors.Is(err, fs.ErrNotExist) { // a newer one took its place
			continue
		}
		if err == nil {
			err = w.options.AtSnapshot(at, s.Body)
		}
		if err != nil {
			return fmt.Errorf("the snapshot %d: %w", at, err)
		}
		w.summary.Snapshots++
	}
	return nil
}
