// Package journal keeps entries on disk, in order, for ever: a folder of segments, a checksum on every
// record, one fsync for every group. It knows nothing of what an entry means. After any failure to write or
// to fsync it refuses to go on: what is on disk then is known only to the next start's recovery.
package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"daytrading/matching-engine/internal/failpoint"
)

// Options of a journal.
type Options struct {
	Dir          string
	Rules        uint32        // version of what gives entries their meaning; a journal of another one is not opened
	SegmentBytes int64         // a segment that is larger is sealed and the next one begun
	NewLogID     func() string // asked once, at the first start
	OnFsync      func(seconds float64)
}

// Journal is an open journal. Append is for one goroutine; everything else is safe for many.
type Journal struct {
	options Options
	logID   string
	lock    *os.File
	file    *os.File // the last segment
	buffer  []byte
	failed  error
	torn    int64

	mutex        sync.RWMutex // guards what follows, for readers
	segments     []*segment
	lastSequence uint64
	closed       bool
}

// Open locks the folder, recovers what is there and gives every entry to replay, in order. The journal is
// durable to its end before Open returns.
func Open(options Options, replay func(Entry) error) (*Journal, error) {
	if err := os.MkdirAll(options.Dir, 0o700); err != nil {
		return nil, err
	}
	held, err := lock(options.Dir)
	if err != nil {
		return nil, err
	}
	j := &Journal{options: options, lock: held}
	if err := j.recover(replay); err != nil {
		j.Close()
		return nil, err
	}
	return j, nil
}

func (j *Journal) recover(replay func(Entry) error) error {
	dir := j.options.Dir
	if err := removeTemporary(dir); err != nil {
		return err
	}
	segments, err := listSegments(dir)
	if err != nil {
		return err
	}
	if j.logID, err = readLogID(dir); err != nil {
		return err
	}
	if j.logID == "" {
		if len(segments) > 0 {
			return fmt.Errorf("%s holds segments but no file %s: restore it, or empty the folder", dir, logIDFile)
		}
		j.logID = j.options.NewLogID()
		if err := writeDurably(filepath.Join(dir, logIDFile), []byte(j.logID+"\n")); err != nil {
			return err
		}
	}
	w := walker{logID: j.logID, rules: j.options.Rules, next: 1, visit: replay}
	var end tail
	for i, s := range segments {
		if end, err = w.walkSegment(s, i == len(segments)-1); err != nil {
			return err
		}
	}
	j.segments, j.lastSequence = segments, w.next-1
	if len(segments) == 0 {
		return j.begin(1)
	}
	last := segments[len(segments)-1]
	if j.file, err = os.OpenFile(last.path, os.O_RDWR, 0); err != nil {
		return err
	}
	j.torn = end.tornBytes
	return repairTail(dir, j.file, end)
}

// begin seals the last segment, if there is one, and starts the next.
func (j *Journal) begin(firstSequence uint64) error {
	file, s, err := createSegment(j.options.Dir, j.logID, firstSequence, j.options.Rules)
	if err != nil {
		return err
	}
	if j.file != nil {
		if err := j.file.Close(); err != nil {
			return err
		}
	}
	j.file = file
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.segments = append(j.segments, s)
	return nil
}

// Append writes a group and returns once it is durable. After an error nothing of the group may be shown to
// anybody, and the journal accepts no more.
func (j *Journal) Append(group []Entry) error {
	if j.failed == nil {
		j.failed = j.append(group)
	}
	return j.failed
}

func (j *Journal) append(group []Entry) error {
	current := j.segments[len(j.segments)-1]
	if current.sizeBytes > j.options.SegmentBytes {
		if err := j.begin(j.lastSequence + 1); err != nil {
			return fmt.Errorf("begin a journal segment: %w", err)
		}
		current = j.segments[len(j.segments)-1]
	}
	start := current.sizeBytes
	j.buffer = j.buffer[:0]
	positions := make([]int64, len(group))
	for i := range group {
		positions[i] = start + int64(len(j.buffer))
		j.buffer = appendRecord(j.buffer, start, &group[i])
		if length := start + int64(len(j.buffer)) - positions[i]; length > maxPayloadBytes {
			return fmt.Errorf("one command caused a record of %d bytes, more than a journal can hold", length)
		}
	}
	if err := j.write(start); err != nil {
		return err
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	current.sizeBytes = start + int64(len(j.buffer))
	for i := range group {
		current.note(group[i].FirstSequence, positions[i])
	}
	j.lastSequence = group[len(group)-1].LastSequence()
	return nil
}

func (j *Journal) write(start int64) error {
	_ = failpoint.Hit(failpoint.BeforeWrite)
	if failpoint.Hit(failpoint.TornWrite) != nil {
		_, _ = j.file.WriteAt(j.buffer[:len(j.buffer)/2], start)
		failpoint.Exit()
	}
	if _, err := j.file.WriteAt(j.buffer, start); err != nil {
		return fmt.Errorf("write to the journal: %w", err)
	}
	_ = failpoint.Hit(failpoint.BeforeFsync)
	began := time.Now()
	err := j.file.Sync()
	if err == nil {
		err = failpoint.Hit(failpoint.Fsync)
	}
	if err != nil {
		return fmt.Errorf("fsync the journal: %w", err)
	}
	if j.options.OnFsync != nil {
		j.options.OnFsync(time.Since(began).Seconds())
	}
	return nil
}

// LogID is the identity of the log: made at the first start, kept in the folder.
func (j *Journal) LogID() string { return j.logID }

// TornBytes is how many bytes of an unfinished group recovery cut off and kept aside.
func (j *Journal) TornBytes() int64 { return j.torn }

// LastSequence is the sequence of the last durable event; 0: none yet.
func (j *Journal) LastSequence() uint64 {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.lastSequence
}

var errEnough = errors.New("enough")

// ReadEvents reads durable events with sequences after the given one, in order, at most limit of them and,
// from the second on, at most maxBytes. It costs what it returns, wherever in the log that lies.
func (j *Journal) ReadEvents(after uint64, limit, maxBytes int) ([][]byte, error) {
	var events [][]byte
	for bytes := 0; ; {
		s, from, ok := j.locate(after + 1)
		if !ok {
			return events, nil
		}
		file, err := os.Open(s.path)
		if err != nil {
			return nil, err
		}
		end, err := scan(file, from, s.sizeBytes, func(e Entry, _, _ int64) error {
			for i, event := range e.Events {
				if e.FirstSequence+uint64(i) != after+1 {
					continue
				}
				if len(events) == limit || len(events) > 0 && bytes+len(event) > maxBytes {
					return errEnough
				}
				events, bytes, after = append(events, event), bytes+len(event), after+1
			}
			return nil
		})
		file.Close()
		if errors.Is(err, errEnough) {
			return events, nil
		}
		if err == nil && end != s.sizeBytes {
			err = fmt.Errorf("segment %s is damaged at byte %d", filepath.Base(s.path), end)
		}
		if err != nil {
			return nil, err
		}
	}
}

// locate finds the segment that holds a sequence, as it is now, and where in it to start reading.
func (j *Journal) locate(sequence uint64) (segment, int64, bool) {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	if sequence > j.lastSequence {
		return segment{}, 0, false
	}
	at, found := slices.BinarySearchFunc(j.segments, sequence, func(s *segment, sequence uint64) int {
		switch {
		case s.firstSequence < sequence:
			return -1
		case s.firstSequence > sequence:
			return 1
		}
		return 0
	})
	if !found {
		at--
	}
	s := j.segments[at]
	return segment{path: s.path, firstSequence: s.firstSequence, headerBytes: s.headerBytes, sizeBytes: s.sizeBytes}, s.seek(sequence), true
}

// Close releases the folder. It makes nothing durable: every acknowledged group already is.
func (j *Journal) Close() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if j.closed {
		return
	}
	j.closed = true
	if j.file != nil {
		_ = j.file.Close()
	}
	_ = j.lock.Close()
}
