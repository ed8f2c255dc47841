package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

// Sealed says up to which sequence segments are sealed, how many of their records the newest snapshot does not
// hold, and gives a channel that is closed when another segment is sealed.
func (j *Journal) Sealed() (last uint64, uncovered int, changed <-chan struct{}) {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	for i := len(j.segments) - 2; i >= 0; i-- {
		s := j.segments[i]
		if end := j.segments[i+1].firstSequence - 1; end > j.newestSnapshot.Sequence {
			uncovered += s.records
		}
	}
	return j.last().firstSequence - 1, uncovered, j.sealed
}

// Archive moves the sealed segments that the newest snapshot covers into the archive folder. They can be read
// there as before. It fails without harm to the journal.
func (j *Journal) Archive() error {
	j.archiving.Lock()
	defer j.archiving.Unlock()
	for {
		s, err := j.toArchive()
		if s == nil || err != nil {
			return err
		}
		target := filepath.Join(j.archive, s.name())
		if err := j.move(s, target); err != nil {
			return fmt.Errorf("archive segment %s: %w", s.name(), err)
		}
	}
}

// toArchive is the oldest segment that may go to the archive; nil: none.
func (j *Journal) toArchive() (*segment, error) {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	for i := range len(j.segments) - 1 {
		if j.segments[i+1].firstSequence-1 > j.newestSnapshot.Sequence {
			return nil, nil
		}
		if !j.segments[i].archived {
			return j.segments[i], j.usable()
		}
	}
	return nil, nil
}

// move renames a segment or, to another volume, copies it. At every moment one of the two is whole on disk.
func (j *Journal) move(s *segment, target string) error {
	source := s.path
	if same, err := sameBeginning(j.disk, source, target); err == nil && !same {
		return fmt.Errorf("%s is there and is another than %s: nothing is replaced. Do two engines write one log?", target, source)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := j.disk.Rename(source, target)
	copied := errors.Is(err, syscall.EXDEV)
	if copied {
		err = copyDurably(j.disk, source, target)
	} else if err != nil && j.moved(source, target) {
		err = nil
	}
	if err != nil {
		return err
	}
	j.mutex.Lock()
	s.path, s.archived = target, true
	j.mutex.Unlock()
	if copied {
		if err = j.disk.Remove(source); err != nil {
			s.duplicate = source
		}
	} else {
		err = j.disk.SyncDir(j.archive)
	}
	if err != nil {
		return err
	}
	return j.disk.SyncDir(j.options.Dir)
}

// moved looks whether a rename that failed was done nevertheless, as a network's file system may have it.
func (j *Journal) moved(source, target string) bool {
	if file, err := j.disk.Open(source); err == nil {
		_ = file.Close()
		return false
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	file, err := j.disk.Open(target)
	if err == nil {
		_ = file.Close()
	}
	return err == nil
}

// DeleteArchived deletes archived segments, the oldest first, as long as all their records are older than a
// retention before a time, confirmed by every reader, and before the second-newest snapshot. A retention of 0 keeps
// everything for ever. The time is the last record's at least: it stands still while nothing can be written.
func (j *Journal) DeleteArchived(retention time.Duration, nowNS int64) (deleted int, err error) {
	j.archiving.Lock()
	defer j.archiving.Unlock()
	for retention > 0 {
		s, err := j.toDelete(retention, nowNS)
		if s == nil || err != nil {
			return deleted, err
		}
		if deleted == 0 {
			if err := j.removeDuplicates(); err != nil {
				return 0, err
			}
		}
		j.mutex.Lock()
		s.deleting = true
		j.mutex.Unlock()
		// One after the other, and none before the last one's removal is on disk: no failure leaves a hole.
		if err := j.disk.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return deleted, fmt.Errorf("delete segment %s: %w", s.name(), err)
		}
		if err := j.disk.SyncDir(j.archive); err != nil {
			return deleted, err
		}
		j.mutex.Lock()
		j.segments = append([]*segment(nil), j.segments[1:]...)
		j.mutex.Unlock()
		deleted++
	}
	return deleted, nil
}

// checkDuplicates sees to it that of every segment that lies in both folders the archive's is whole and the same.
func (j *Journal) checkDuplicates() error {
	for i, s := range j.segments {
		if s.duplicate == "" {
			continue
		}
		other := segment{path: s.duplicate, firstSequence: s.firstSequence}
		if err := readSegmentHeader(j.disk, &other, j.logID); err != nil {
			return err
		}
		same, err := sameBeginning(j.disk, s.path, s.duplicate)
		if err != nil {
			return err
		}
		if !same {
			return fmt.Errorf("segment %s lies in the data folder and in the archive %s, and they differ: take the one away that is "+
				"not this log's (docs/operations.md, \"When the journal does not open\")", s.name(), j.archive)
		}
		if s.indexed { // the walk has read all of it
			continue
		}
		file, err := j.disk.Open(s.path)
		if err != nil {
			return err
		}
		scan := scanner{chunk: walkBufferBytes}
		err = j.index(&scan, file, place{segment: s, path: s.path, next: j.segments[i+1].firstSequence, limit: s.fileBytes})
		_ = file.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// removeDuplicates sees to it that no copy of a segment is left in the data folder. Found by a start when the
// archive's is gone, it would be a log with a hole.
func (j *Journal) removeDuplicates() error {
	j.mutex.RLock()
	segments := j.segments
	j.mutex.RUnlock()
	removed := false
	for _, s := range segments {
		if s.duplicate == "" {
			continue
		}
		if err := j.disk.Remove(s.duplicate); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what the archive holds a copy of: %w", err)
		}
		s.duplicate, removed = "", true
	}
	if !removed {
		return nil
	}
	return j.disk.SyncDir(j.options.Dir)
}

// toDelete is the oldest segment if it may be deleted; nil: it may not.
func (j *Journal) toDelete(retention time.Duration, nowNS int64) (*segment, error) {
	j.mutex.RLock()
	if len(j.segments) < 2 || !j.segments[0].archived {
		j.mutex.RUnlock()
		return nil, nil
	}
	oldest, next := j.segments[0], j.segments[1]
	end := next.firstSequence - 1
	allowed, begun := end <= j.olderSnapshot, oldest.deleting
	cutoff, stampNS, usable := max(j.lastStampNS, nowNS)-int64(retention), next.firstStampNS, j.usable()
	j.mutex.RUnlock()
	if !allowed || usable != nil {
		return nil, usable
	}
	if stampNS == 0 { // a segment that was not read since the start
		for r, err := range j.Records(end) {
			if err != nil {
				return nil, err
			}
			stampNS = r.StampNS
			break
		}
	}
	if begun {
		return oldest, nil
	}
	if stampNS == 0 || stampNS > cutoff || end > j.readers.lowest() {
		return nil, nil
	}
	// What is confirmed only in memory may be forgotten by a crash: then the reader asks for it again.
	if err := j.readers.flush(); err != nil {
		return nil, fmt.Errorf("write the readers' positions before a deletion: %w", err)
	}
	if end > j.readers.lowestKept() {
		return nil, nil
	}
	return oldest, nil
}
