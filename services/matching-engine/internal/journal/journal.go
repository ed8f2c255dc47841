// Package journal keeps the log on disk: records of decided commands with their events, in order, in a folder
// of segments; snapshots beside them; a checksum on everything, one fsync for every group. It knows nothing of
// what its bytes mean. After a failure to write or to fsync it refuses to go on: what is on disk then is known
// only to the next start's recovery.
package journal

import (
	"errors"
	"iter"
	"log/slog"
)

// DefaultSegmentBytes is the size of a segment when Options leave it open.
const DefaultSegmentBytes = 64 << 20

// Errors that callers tell apart. All others mean that the journal, or the start, is over.
var (
	// ErrFull: the volume has no room for the next group. Nothing was written; the journal goes on trying.
	ErrFull = errors.New("the journal's volume has no room")
	// ErrDeleted: the log no longer holds what was asked for; see FirstSequence.
	ErrDeleted = errors.New("the journal no longer holds these events")
	// ErrPastEnd: a reader's position lies behind the log's end.
	ErrPastEnd = errors.New("the position is past the log's end")
	// ErrTooManyReaders: more readers than the journal keeps positions of.
	ErrTooManyReaders = errors.New("too many readers have positions")
)

// Options of a journal.
type Options struct {
	Dir          string        // the data folder
	ArchiveDir   string        // where sealed segments go that a snapshot covers; empty: Dir/archive
	Rules        uint32        // version of what gives records their meaning
	SegmentBytes int64         // what is allocated for a segment; 0: DefaultSegmentBytes
	NewLogID     func() string // asked once, at the first start; 36 characters
	OnFsync      func(seconds float64)
	Log          *slog.Logger // nil: slog.Default()
	Disk         Disk         // nil: the operating system's
}

// Journal is an open journal. Append is for one goroutine; everything else is safe for many.
type Journal struct{}

// Open locks the folder, gives the newest good snapshot to restore (not called when there is none, or none is
// needed) and then every record after it to replay, in order. Views are valid during the call only. restore
// may be called again with an older snapshot when it fails; it must leave no half-restored state behind. The
// journal is durable to its end before Open returns.
func Open(options Options, restore func(snapshot []byte) error, replay func(Record) error) (*Journal, error) {
	return nil, errors.ErrUnsupported
}

// Append writes a group that continues the log, and returns once it is durable. After an error nothing of the
// group may be shown to anybody, and the journal accepts no more: the process must end.
func (j *Journal) Append(g *Group) error { return errors.ErrUnsupported }

// Room says whether bytes more can be appended without needing more of the volume than the journal has
// already taken: nil, or ErrFull. Ask before deciding commands, with all that is under way (decided, not yet
// appended) and the largest that may come. While room is being made, Room waits for that.
func (j *Journal) Room(bytes int64) error { return errors.ErrUnsupported }

// LogID is the identity of the log: made at the first start, kept in the folder.
func (j *Journal) LogID() string { return "" }

// FirstSequence is the sequence of the oldest event that Records can give.
func (j *Journal) FirstSequence() uint64 { return 0 }

// LastSequence is the sequence of the last durable event; 0: none yet.
func (j *Journal) LastSequence() uint64 { return 0 }

// LastStampNS is the stamp of the last durable record; 0: none yet.
func (j *Journal) LastStampNS() int64 { return 0 }

// Records reads durable records in order, from the one that holds the event after a sequence to the end as it
// is at the call; archived segments included. A view is valid until the next step. An error ends the reading;
// ErrDeleted when the first of them is gone.
func (j *Journal) Records(after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) { yield(Record{}, errors.ErrUnsupported) }
}

// WriteSnapshot keeps the state right after the event with a sequence, whole and durable or not at all. The
// newest two stay. It fails without harm to the journal.
func (j *Journal) WriteSnapshot(sequence uint64, stampNS int64, body []byte) error {
	return errors.ErrUnsupported
}

// Confirm keeps that a reader needs nothing up to a sequence, lower than before or not. It is on disk within
// about a second.
func (j *Journal) Confirm(reader string, sequence uint64) error { return errors.ErrUnsupported }

// Positions are the readers' confirmed sequences.
func (j *Journal) Positions() map[string]uint64 { return nil }

// Forget drops a reader, so that nothing is kept for it; false when it is not known.
func (j *Journal) Forget(reader string) bool { return false }

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
func (j *Journal) Stats() Stats { return Stats{} }

// Close releases the folder. It makes no records durable: every acknowledged group already is.
func (j *Journal) Close() {}
