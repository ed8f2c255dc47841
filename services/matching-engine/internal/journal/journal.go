// Package journal keeps the log on disk: records of decided commands with their events, in order, in a folder
// of segments; snapshots beside them; a checksum on everything, one fsync for every group. It knows nothing of
// what its bytes mean. After a failure to write or to fsync it refuses to go on: what is on disk then is known
// only to the next start's recovery.
package journal

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"daytrading/matching-engine/internal/failpoint"
)

// DefaultSegmentBytes is the size of a segment when Options leave it open.
const DefaultSegmentBytes = 64 << 20

// maxGroupBytes bounds a group: a record says in 32 bits where in its group it lies.
const maxGroupBytes = 1 << 31

// Errors that callers tell apart. All others mean that the journal, or the start, is over.
var (
	// ErrFull: the volume has no room for the next group. Nothing was written; the journal goes on trying.
	ErrFull = errors.New("the journal's volume has no room")
	// ErrUnready: as ErrFull, but for another reason than room: the error behind it says which.
	ErrUnready = errors.New("the journal's next segment cannot be prepared")
	// ErrTooLarge: no record is as large as that.
	ErrTooLarge = errors.New("the record is larger than any may be")
	// ErrDeleted: the log no longer holds what was asked for; see FirstSequence.
	ErrDeleted = errors.New("the journal no longer holds these events")
	// ErrPastEnd: a reader's position lies behind the log's end.
	ErrPastEnd = errors.New("the position is past the log's end")
	// ErrTooManyReaders: more readers than the journal keeps positions of.
	ErrTooManyReaders = errors.New("too many readers have positions")
	// ErrClosed: Close was called.
	ErrClosed = errors.New("the journal is closed")
)

// Refusing is true of the errors with which Room refuses for now: nothing is lost, and it goes on by itself.
func Refusing(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, ErrUnready) }

// Options of a journal.
type Options struct {
	Dir          string        // the data folder
	ArchiveDir   string        // sealed segments that a snapshot covers go to its folder of the log's id; empty: Dir/archive
	Rules        uint32        // version of what gives records their meaning
	SegmentBytes int64         // what is allocated for a segment; 0: DefaultSegmentBytes
	NewLogID     func() string // asked once, at the first start; 36 characters
	OnFsync      func(seconds float64)
	// Finish is called after the last record was replayed, before Open changes the folder; its error ends Open. nil: none.
	Finish func() error
	// Readers are services for which everything is kept until they have confirmed something, by their name or one
	// of its form name.suffix.
	Readers []string
	Log     *slog.Logger // nil: slog.Default()
	Disk    Disk         // nil: the operating system's

	// inline leaves out the goroutines: what they do is done by who would have asked for it. For tests that
	// count every operation of a disk.
	inline bool
}

// Journal is an open journal. Append is for one goroutine; everything else is safe for many.
type Journal struct {
	options Options
	disk    Disk
	log     *slog.Logger
	logID   string
	archive string // the log's folder in the archive
	locks   []io.Closer
	room    *room
	readers *readers

	file     File  // of the last segment; Append's
	position int64 // where its next record goes; Append's

	left         atomic.Int64  // of the last segment's capacity; negative when nothing may be appended any more
	largest      int64         // bytes of a group since the start; Append's
	tidy         chan struct{} // one place: something may be put away or deleted that could not be before
	snapshotting sync.Mutex    // one snapshot at a time
	archiving    sync.Mutex    // one move or removal of segments at a time

	mutex          sync.RWMutex // guards what follows
	segments       []*segment   // ascending; the last one is being written
	capacity       int64        // allocated for the last segment
	lastSequence   uint64
	lastStampNS    int64
	newestSnapshot Snapshot // without its body
	olderSnapshot  uint64
	snapshotBytes  int64
	sealed         chan struct{} // closed when another segment is sealed
	failed         error         // set for ever by a failed write or fsync
	closed         bool
}

// usable is nil as long as the journal may promise anything. Call it with the mutex held.
func (j *Journal) usable() error {
	if j.failed == nil && j.closed {
		return ErrClosed
	}
	return j.failed
}

// last is the segment that is being written. Call it with the mutex held, or from Append.
func (j *Journal) last() *segment { return j.segments[len(j.segments)-1] }

// Append writes a group that continues the log, and returns once it is durable. After an error nothing of the
// group may be shown to anybody, and the journal accepts no more: the process must end.
func (j *Journal) Append(g *Group) error {
	j.mutex.RLock()
	err, last, lastStampNS := j.usable(), j.lastSequence, j.lastStampNS
	j.mutex.RUnlock()
	if err != nil {
		return err
	}
	if g.records == 0 {
		return nil
	}
	if g.first != last+1 || g.firstStampNS <= lastStampNS || len(g.buffer) > maxGroupBytes {
		err = fmt.Errorf("a group of %d bytes from sequence %d at %d cannot follow sequence %d at %d",
			len(g.buffer), g.first, g.firstStampNS, last, lastStampNS)
	} else {
		err = j.append(g)
	}
	if err != nil {
		j.mutex.Lock()
		j.failed = err
		j.left.Store(-1)
		j.mutex.Unlock()
		j.room.stop()
	}
	return err
}

func (j *Journal) append(g *Group) error {
	j.largest = max(j.largest, int64(len(g.buffer)))
	if j.position+int64(len(g.buffer)) > j.capacity {
		if err := j.rotate(int64(len(g.buffer))); err != nil {
			return fmt.Errorf("begin a journal segment: %w", err)
		}
	}
	if err := j.write(g.buffer, j.position); err != nil {
		return err
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	current := j.last()
	for r := range g.Records() {
		end := j.position + int64(recordHeaderBytes+len(r.Command)+len(r.Events))
		current.note(&r, j.position, end)
		j.position = end
	}
	j.lastSequence, j.lastStampNS = g.last, g.lastStampNS
	if !j.closed {
		j.left.Store(j.capacity - j.position)
	}
	return nil
}

func (j *Journal) write(content []byte, position int64) error {
	_ = failpoint.Hit(failpoint.BeforeWrite)
	if failpoint.Hit(failpoint.TornWrite) != nil {
		_, _ = j.file.WriteAt(content[:len(content)/2], position)
		failpoint.Exit()
	}
	if _, err := j.file.WriteAt(content, position); err != nil {
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

// rotate seals the last segment and goes on in the prepared one.
func (j *Journal) rotate(groupBytes int64) error {
	file, path, capacity, err := j.room.take(max(segmentHeaderBytes+groupBytes, j.options.SegmentBytes))
	if err != nil {
		return err
	}
	return j.goOn(file, path, capacity)
}

// goOn seals the last segment and goes on in an empty file.
func (j *Journal) goOn(file File, path string, capacity int64) error {
	s, err := j.nameSegment(file, path, capacity, j.lastSequence+1, j.options.Rules, nil)
	if err != nil {
		return err
	}
	old, oldEnd := j.file, j.position
	j.mutex.Lock()
	j.last().fileBytes = oldEnd
	j.segments = append(j.segments, s)
	j.capacity = capacity
	j.file, j.position = file, segmentHeaderBytes
	j.left.Store(j.capacity - j.position)
	close(j.sealed)
	j.sealed = make(chan struct{})
	j.mutex.Unlock()
	j.room.prepare(old, oldEnd, j.largest)
	return nil
}

// nameSegment turns the prepared file into a segment. It has its header, durably, before it has its name: no
// segment is ever seen without one.
func (j *Journal) nameSegment(file File, prepared string, capacity int64, first uint64, rules uint32, content []byte) (*segment, error) {
	path := segmentPath(j.options.Dir, first)
	_, err := file.WriteAt(append(segmentHeader(j.logID, first, rules), content...), 0)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = j.disk.Rename(prepared, path)
	}
	if err == nil {
		err = j.disk.SyncDir(j.options.Dir)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &segment{path: path, firstSequence: first, rules: rules, lastSequence: first - 1,
		endBytes: segmentHeaderBytes, fileBytes: capacity, indexed: true}, nil
}

// LogID is the identity of the log: made at the first start, kept in the folder.
func (j *Journal) LogID() string { return j.logID }

// FirstSequence is the sequence of the oldest event that Records can give.
func (j *Journal) FirstSequence() uint64 {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.oldest().firstSequence
}

// oldest is the first segment that can be read. Call it with the mutex held.
func (j *Journal) oldest() *segment {
	if j.segments[0].deleting {
		return j.segments[1]
	}
	return j.segments[0]
}

// SnapshotSequence is the sequence of the newest snapshot; 0: none.
func (j *Journal) SnapshotSequence() uint64 {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.newestSnapshot.Sequence
}

// LastSequence is the sequence of the last durable event; 0: none yet.
func (j *Journal) LastSequence() uint64 {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.lastSequence
}

// LastStampNS is the stamp of the last durable record; 0: none yet.
func (j *Journal) LastStampNS() int64 {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	return j.lastStampNS
}

// Stats are for metrics and status.
type Stats struct {
	Segments         int    // in the data folder
	ArchivedSegments int    // in the archive
	SegmentBytes     int64  // of both
	SnapshotSequence uint64 // of the newest snapshot; 0: none
	SnapshotStampNS  int64
	SnapshotBytes    int64
	RoomBytes        int64 // that can be appended without needing more of the volume
	FreeBytes        int64 // of the volume beyond that, as the system says
}

// Stats asks the volume, too.
func (j *Journal) Stats() Stats {
	free, _ := j.disk.Free(j.options.Dir)
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	s := Stats{
		SnapshotSequence: j.newestSnapshot.Sequence, SnapshotStampNS: j.newestSnapshot.StampNS, SnapshotBytes: j.snapshotBytes,
		RoomBytes: max(j.left.Load(), 0) + j.room.prepared(), FreeBytes: free,
	}
	for _, segment := range j.segments {
		s.SegmentBytes += segment.fileBytes
		if segment.archived {
			s.ArchivedSegments++
		} else {
			s.Segments++
		}
	}
	return s
}

// Close releases the folder and what was allocated in it for later. It makes no records durable: every
// acknowledged group already is.
func (j *Journal) Close() {
	j.mutex.Lock()
	if j.closed {
		j.mutex.Unlock()
		return
	}
	j.closed = true
	j.left.Store(-1)
	failed := j.failed
	j.mutex.Unlock()
	if j.room != nil {
		j.room.close()
	}
	if j.readers != nil {
		j.readers.close()
	}
	if j.file != nil {
		if failed == nil {
			_ = j.file.Truncate(j.position)
		}
		_ = j.file.Close()
	}
	for _, lock := range j.locks {
		_ = lock.Close()
	}
}
