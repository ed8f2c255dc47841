package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
)

// Open locks the folder, gives the newest good snapshot to restore (not called when there is none) and then
// every record after it to replay, in order. Views are valid during the call only. restore is called again
// with an older snapshot when it fails; it must leave no half-restored state behind. The journal is durable to
// its end before Open returns.
func Open(options Options, restore func(snapshot []byte) error, replay func(Record) error) (*Journal, error) {
	j := &Journal{options: options, disk: options.Disk, log: options.Log, sealed: make(chan struct{}), tidy: make(chan struct{}, 1)}
	if j.disk == nil {
		j.disk = osDisk{}
	}
	if j.log == nil {
		j.log = slog.Default()
	}
	if j.options.ArchiveDir == "" {
		j.options.ArchiveDir = defaultArchive(options.Dir)
	}
	if j.options.SegmentBytes == 0 {
		j.options.SegmentBytes = DefaultSegmentBytes
	}
	if err := j.open(restore, replay); err != nil {
		j.Close()
		return nil, err
	}
	return j, nil
}

func defaultArchive(dir string) string { return filepath.Join(dir, "archive") }

func (j *Journal) open(restore func([]byte) error, replay func(Record) error) error {
	begins, err := j.enter()
	if err != nil {
		return err
	}
	if err := j.findSegments(begins); err != nil {
		return err
	}
	if j.readers, err = openReaders(&j.options, j.disk, j.log, begins); err != nil {
		return err
	}
	w := walker{disk: j.disk, rules: j.options.Rules, visit: replay}
	if err := j.restore(&w, restore); err != nil {
		return err
	}
	end, err := w.walk(j.toReplay(w.from))
	if err == nil && j.options.Finish != nil {
		err = j.options.Finish()
	}
	if err == nil {
		err = j.checkEnd(&w, begins)
	}
	if err == nil {
		err = j.checkDuplicates()
	}
	if err != nil {
		return err
	}
	// From here on the folder is changed: all that there is to prove is proven.
	j.lastSequence, j.lastStampNS = w.last, max(w.stampNS, w.fromNS)
	j.room = newRoom(&j.options, j.disk, j.log)
	if err := j.beginAnew(end); err != nil {
		return err
	}
	if begins {
		if err := j.readers.keepNone(); err != nil {
			return err
		}
		if err := j.nameLog(); err != nil { // at last: what has an id has all the rest
			return err
		}
	}
	return j.removeDuplicates()
}

// checkEnd checks that the log reaches as far as others say that it did.
func (j *Journal) checkEnd(w *walker, begins bool) error {
	if begins && w.last > 0 {
		return j.withoutID()
	}
	if w.last < w.from {
		return fmt.Errorf("the snapshot %s is past the log's end, %d: the journal lost what was acknowledged. Restore the data "+
			"folder from a back-up (docs/operations.md, \"When the journal does not open\")",
			filepath.Base(snapshotPath(j.options.Dir, w.from)), w.last)
	}
	if name, sequence := j.readers.highest(); sequence > w.last {
		return fmt.Errorf("the reader %s has confirmed sequence %d, and the log ends at %d: the journal lost what was acknowledged. "+
			"Restore the data folder from a back-up (docs/operations.md, \"When the journal does not open\")", name, sequence, w.last)
	}
	return nil
}

// restore finds the newest snapshot that can be used, and where replay begins.
func (j *Journal) restore(w *walker, restore func([]byte) error) error {
	sequences, err := listSnapshots(j.disk, j.options.Dir)
	if err != nil {
		return err
	}
	first := uint64(1)
	if len(j.segments) > 0 {
		first = j.segments[0].firstSequence
	}
	for i, sequence := range sequences {
		var s Snapshot
		if first > sequence+1 {
			err = fmt.Errorf("the snapshot %d cannot be used: the log begins with %d", sequence, first)
		} else if s, err = readSnapshot(j.disk, j.options.Dir, j.logID, sequence); err == nil {
			err = restore(s.Body)
		}
		if err != nil {
			j.log.Warn("a snapshot is passed over for the one before it", "snapshot", sequence, "reason", err)
			continue
		}
		w.from, w.fromNS = s.Sequence, s.StampNS
		j.snapshotBytes = int64(snapshotHeaderBytes + len(s.Body))
		s.Body = nil
		if j.newestSnapshot = s; i+1 < len(sequences) {
			j.olderSnapshot = sequences[i+1]
		}
		return nil
	}
	if first == 1 {
		return nil
	}
	return fmt.Errorf("the log begins with sequence %d, and no snapshot can be used (%w): restore the snapshots or the archive from a "+
		"back-up (docs/operations.md, \"When the journal does not open\")", first, errors.Join(err, errors.New("none is left")))
}

// toReplay is the segments from the one on that holds the record after a snapshot; always the last one, whose
// end must be found.
func (j *Journal) toReplay(from uint64) []*segment {
	if len(j.segments) == 0 {
		return nil
	}
	return j.segments[max(holding(j.segments, from+1), 0):]
}

// beginAnew writes the last group into a new segment, and begins one of this program's rules.
//
// An earlier process may have died after its fsync failed, and the kernel then shows pages that it counts as
// clean but never wrote. Written anew, elsewhere, and fsynced, they are what they seem to be.
func (j *Journal) beginAnew(end tail) error {
	rules := j.options.Rules
	var content []byte
	var old *segment
	if len(j.segments) > 0 {
		old = j.last()
		err := j.keepTorn(old, end)
		if noRoom(err) && j.room.freeReserve() {
			err = j.keepTorn(old, end)
		}
		if err != nil {
			return err
		}
		j.largest = end.tornEnd - end.end
		if err := j.readTail(old, end, &content); err != nil {
			return err
		}
		if len(content) > 0 {
			rules = old.rules
		}
	}
	j.largest = max(j.largest, int64(len(content)))
	first := j.lastSequence + 1
	if len(content) > 0 {
		first = end.groupFirst
	}
	if err := j.firstSegment(first, rules, content); err != nil {
		return fmt.Errorf("begin a journal segment: %w", err)
	}
	if err := j.cutSealed(); err != nil {
		return err
	}
	if rules != j.options.Rules {
		file, path, capacity, err := j.makeFirst(0)
		if err != nil {
			return err
		}
		return j.goOn(file, path, capacity)
	}
	j.room.prepare(nil, 0, j.largest)
	return nil
}

// readTail reads the last group. One that lies in the archive is complete since long, and stays there.
func (j *Journal) readTail(s *segment, end tail, content *[]byte) error {
	if end.end == end.groupStart || s.archived {
		return nil
	}
	file, err := j.disk.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	*content = make([]byte, end.end-end.groupStart)
	return readFull(file, *content, end.groupStart)
}

// makeFirst makes a file for a segment of this process that begins with so many bytes. Nobody fills it with zeros
// first: a start is to be quick. On a full volume it is a small one, out of the reserve: reads can be served without
// room for commands.
func (j *Journal) makeFirst(bytes int) (file File, path string, capacity int64, err error) {
	needed := segmentHeaderBytes + int64(bytes)
	for _, capacity = range []int64{max(j.options.SegmentBytes, needed), needed + smallSegmentBytes, needed} {
		file, path, err = j.room.make(nil, "", capacity)
		if err == nil {
			return file, path, capacity, nil
		}
		if noRoom(err) {
			j.room.freeReserve()
		}
	}
	return nil, "", 0, unready(err)
}

// firstSegment begins the segment of this process with the last group.
func (j *Journal) firstSegment(first uint64, rules uint32, content []byte) error {
	file, path, capacity, err := j.makeFirst(len(content))
	if err != nil {
		return err
	}
	s, err := j.nameSegment(file, path, capacity, first, rules, content)
	if err != nil {
		return err
	}
	group := Group{buffer: content}
	j.position = segmentHeaderBytes
	for r := range group.Records() {
		end := j.position + int64(recordHeaderBytes+len(r.Command)+len(r.Events))
		s.note(&r, j.position, end)
		j.position = end
	}
	if n := len(j.segments); n > 0 && j.segments[n-1].firstSequence == first {
		j.segments = j.segments[:n-1] // the new file took its place
	}
	j.segments = append(j.segments, s)
	j.file, j.capacity = file, capacity
	j.left.Store(capacity - j.position)
	return nil
}

// keepTorn keeps aside what lies behind the last whole record.
func (j *Journal) keepTorn(s *segment, end tail) error {
	if end.tornEnd == end.end {
		return nil
	}
	file, err := j.disk.Open(s.path)
	if err != nil {
		return err
	}
	defer file.Close()
	torn := make([]byte, end.tornEnd-end.end)
	if err := readFull(file, torn, end.end); err != nil {
		return err
	}
	aside := fmt.Sprintf("%s.torn-%d", s.path, end.end)
	j.log.Warn("the journal ends in a torn group, of which nobody was told: it is cut off and kept aside",
		"segment", s.name(), "byte", end.end, "bytes", len(torn), "after_sequence", j.lastSequence, "kept", filepath.Base(aside))
	return writeDurably(j.disk, aside, torn)
}

// cutSealed ends the segments that were walked where the next one begins. It frees what was allocated; that a
// cut may be lost does no harm, since nothing behind the next segment's first sequence is read.
func (j *Journal) cutSealed() error {
	for i, s := range j.segments[:len(j.segments)-1] {
		if next := j.segments[i+1]; s.indexed && s.lastSequence >= next.firstSequence { // its last group was written anew
			s.dropFrom(next)
		}
		if !s.indexed || s.archived || s.fileBytes == s.endBytes {
			continue
		}
		file, err := j.disk.OpenWrite(s.path)
		if err != nil {
			return err
		}
		err = file.Truncate(s.endBytes)
		if closing := file.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
		s.fileBytes = s.endBytes
	}
	return nil
}
