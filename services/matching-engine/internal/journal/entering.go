package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// enter locks the folders of the log and clears away what an earlier process left of unfinished files.
func (j *Journal) enter() (begins bool, err error) {
	dir := j.options.Dir
	for _, folder := range []string{dir, j.options.ArchiveDir} {
		if err := j.disk.MkdirAll(folder); err != nil {
			return false, err
		}
	}
	if err := j.lock(dir, "data folder"); err != nil {
		return false, err
	}
	if begins, err = j.identify(); err != nil {
		return false, err
	}
	j.archive = filepath.Join(j.options.ArchiveDir, j.logID)
	if err := j.disk.MkdirAll(j.archive); err != nil {
		return false, err
	}
	if err := j.lock(j.archive, "archive"); err != nil { // a copy of the data folder would write there, too
		return false, err
	}
	for _, folder := range []string{dir, j.archive} {
		if err := removeTemporary(j.disk, folder); err != nil {
			return false, err
		}
	}
	for _, folder := range []string{dir, j.archive, j.options.ArchiveDir} {
		// What an earlier process named last may not be on disk yet; what follows builds on it.
		if err := j.disk.SyncDir(folder); err != nil {
			return false, err
		}
	}
	return begins, nil
}

func (j *Journal) lock(folder, what string) error {
	lock, err := j.disk.Lock(filepath.Join(folder, lockFile))
	if errors.Is(err, errLocked) {
		return fmt.Errorf("the %s %s is in use by another matching engine", what, folder)
	}
	if err == nil {
		j.locks = append(j.locks, lock)
	}
	return err
}

// findSegments lists what there is of the log, and checks that each file is what its name says.
func (j *Journal) findSegments(begins bool) (err error) {
	if j.segments, err = listSegments(j.disk, j.options.Dir, j.archive); err != nil {
		return err
	}
	if len(j.segments) == 0 && !begins {
		return noSegment(j.options.Dir, j.archive, j.logID)
	}
	if n := len(j.segments); n > 0 && j.segments[n-1].duplicate != "" {
		// What is sealed has a successor. Without one, the data folder's is what may be longer.
		last := j.segments[n-1]
		last.path, last.archived, last.duplicate = last.duplicate, false, ""
	}
	for _, s := range j.segments {
		if err := readSegmentHeader(j.disk, s, j.logID); err != nil {
			return err
		}
	}
	return nil
}

// identify reads which log lies in the data folder, or begins one. The id gets its name only after the first segment
// has its own (nameLog): an id without any segment is a log that was lost, and no beginning.
func (j *Journal) identify() (begins bool, err error) {
	dir := j.options.Dir
	if j.logID, err = readLogID(j.disk, dir); err != nil || j.logID != "" {
		return false, err
	}
	segments, err := listSegments(j.disk, dir, "")
	if err != nil {
		return false, err
	}
	snapshots, err := listSnapshots(j.disk, dir)
	if err != nil {
		return false, err
	}
	switch {
	case len(segments)+len(snapshots) == 0:
		if j.logID = j.options.NewLogID(); len(j.logID) != idTextBytes {
			return false, fmt.Errorf("a log's id has %d characters, not %q", idTextBytes, j.logID)
		}
		return true, nil
	case len(segments) == 1 && len(snapshots) == 0 && segments[0].firstSequence == 1:
		// The first start did not come to its end; with records in it, the walk refuses it.
		j.logID, _, err = readHeader(j.disk, segments[0])
		return true, err
	}
	return false, j.withoutID()
}

func (j *Journal) withoutID() error {
	return fmt.Errorf("%s holds a journal but no file %s: restore it, or empty the folder", j.options.Dir, logIDFile)
}

// nameLog ends the first start of a log.
func (j *Journal) nameLog() error {
	return writeDurably(j.disk, filepath.Join(j.options.Dir, logIDFile), []byte(j.logID+"\n"))
}

// noSegment is the sentence for a log of which nothing is left but its id.
func noSegment(dir, archive, logID string) error {
	return fmt.Errorf("%s is the folder of log %s, and no segment of it is there, nor in the archive %s: it is no new log, its "+
		"segments were lost or the folders are not the ones it had. Restore the data folder from a back-up (docs/operations.md, "+
		"\"When the journal does not open\")", dir, logID, archive)
}
