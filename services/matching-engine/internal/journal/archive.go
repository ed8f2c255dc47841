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
		target := filepath.Join(j.options.ArchiveDir, s.name())
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
	err := j.disk.Rename(source, target)
	copied := errors.Is(err, syscall.EXDEV)
	if copied {
		err = copyDurably(j.disk, source, target)
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
		err = j.disk.SyncDir(j.options.ArchiveDir)
	}
	if err != nil {
		return err
	}
	return j.disk.SyncDir(j.options.Dir)
}

// DeleteArchived deletes archived segments, the oldest first, as long as all their records are older than a
// retention of journal time, confirmed by every reader, and before the second-newest snapshot. A retention of
// 0 keeps everything for ever.
func (j *Journal) DeleteArchived(retention time.Duration) (deleted int, err error) {
	j.archiving.Lock()
	defer j.archiving.Unlock()
	for retention > 0 {
		s, err := j.toDelete(retention)
		if s == nil || err != nil {
			return deleted, err
		}
		if deleted == 0 {
			if err := j.removeDuplicates(); err != nil {
				return 0, err
			}
		}
		j.mutex.Lock()
		j.segments = append([]*segment(nil), j.segments[1:]...)
		j.mutex.Unlock()
		// One after the other: what a power cut leaves has no hole.
		if err := j.disk.Remove(s.path); err != nil {
			return deleted, fmt.Errorf("delete segment %s: %w", s.name(), err)
		}
		if err := j.disk.SyncDir(j.options.ArchiveDir); err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, nil
}

// removeDuplicates sees to it that no copy of a segment is left in the data folder. Found by a start when the
// archive's is gone, it would be a log with a hole.
func (j *Journal) removeDuplicates() error {
	j.mutex.RLock()
	segments := j.segments
	j.mutex.RUnlock()
	for _, s := range segments {
		if s.duplicate == "" {
			continue
		}
		if err := j.disk.Remove(s.duplicate); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what the archive holds a copy of: %w", err)
		}
		s.duplicate = ""
	}
	return j.disk.SyncDir(j.options.Dir)
}

// toDelete is the oldest segment if it may be deleted; nil: it may not.
func (j *Journal) toDelete(retention time.Duration) (*segment, error) {
	confirmed := j.readers.lowest()
	j.mutex.RLock()
	if len(j.segments) < 2 || !j.segments[0].archived {
		j.mutex.RUnlock()
		return nil, nil
	}
	oldest, next := j.segments[0], j.segments[1]
	end := next.firstSequence - 1
	allowed := end <= j.olderSnapshot && end <= confirmed
	cutoff, stampNS, usable := j.lastStampNS-int64(retention), next.firstStampNS, j.usable()
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
	if stampNS == 0 || stampNS > cutoff {
		return nil, nil
	}
	return oldest, nil
}
