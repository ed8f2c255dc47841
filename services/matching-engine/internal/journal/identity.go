package journal

import (
	"fmt"
	"path/filepath"
)

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
