package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// walker visits the records of segments in order and checks that they are one log.
type walker struct {
	disk    Disk
	archive string // where a segment may have moved to meanwhile; empty: nobody moves any
	rules   uint32
	from    uint64 // records up to here are checked, not visited
	visit   func(Record) error
	fromNS  int64  // stamp of the record at from
	last    uint64 // sequence of the last event so far
	stampNS int64  // of the last record so far

	scan    scanner
	started bool
}

// tail is how the last segment ends.
type tail struct {
	end        int64  // after the last whole record
	groupStart int64  // where the last record's group begins; equal to end when there is no record
	groupFirst uint64 // sequence of that group's first event
	tornEnd    int64  // after the last byte behind end that is not zero; equal to end when all are
}

// walk visits segments that follow each other. Only the last may end in something that is not a record.
func (w *walker) walk(segments []*segment) (end tail, err error) {
	for i, s := range segments {
		next := uint64(0)
		if i+1 < len(segments) {
			next = segments[i+1].firstSequence
		}
		if !w.started {
			w.started, w.last = true, s.firstSequence-1
		}
		if s.firstSequence != w.last+1 {
			return tail{}, fmt.Errorf("segment %s should start with sequence %d: a segment is missing or repeated; restore it from "+
				"a back-up (docs/operations.md, \"When the journal does not open\")", s.name(), w.last+1)
		}
		if end, err = w.walkSegment(s, next); err != nil {
			return tail{}, err
		}
	}
	return end, nil
}

// walkSegment visits one segment, up to where the next one begins; next is 0 for the last.
func (w *walker) walkSegment(s *segment, next uint64) (tail, error) {
	file, err := w.disk.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) && w.archive != "" { // it moved since it was listed
		s.path, s.archived = filepath.Join(w.archive, s.name()), true
		file, err = w.disk.Open(s.path)
	}
	if err != nil {
		return tail{}, err
	}
	defer file.Close()
	if s.fileBytes, err = file.Size(); err != nil {
		return tail{}, err
	}
	s.endBytes, s.marks, s.records, s.lastSequence = segmentHeaderBytes, nil, 0, s.firstSequence-1
	end := tail{end: segmentHeaderBytes, groupStart: segmentHeaderBytes, groupFirst: s.firstSequence}
	w.scan.chunk = walkBufferBytes
	w.scan.reset(file, segmentHeaderBytes, s.fileBytes)
	for {
		if err := w.records(s, next, &end); err != nil {
			return tail{}, err
		}
		s.indexed = true
		if next != 0 && w.last+1 == next {
			end.tornEnd = end.end
			return end, nil
		}
		if end.tornEnd, err = lastByte(file, end.end, s.fileBytes); err != nil {
			return tail{}, err
		}
		if next != 0 && end.tornEnd > end.end {
			return tail{}, damaged(s.name(), end.end, w.last+1, fmt.Sprintf("the next segment begins with %d", next))
		}
		if next != 0 {
			return tail{}, fmt.Errorf("segment %s ends at byte %d before sequence %d, and the next segment begins with %d: its end or a "+
				"segment is missing; restore it from a back-up (docs/operations.md, \"When the journal does not open\")",
				s.name(), end.end, w.last+1, next)
		}
		if end.tornEnd == end.end {
			return end, nil
		}
		verdict := judgeTail(file, s.name(), end, w.last+1)
		if verdict == nil {
			return end, nil
		}
		// An engine that writes meanwhile may have finished this group since, and begun another.
		w.scan.reset(file, end.end, s.fileBytes)
		if _, _, err := w.scan.next(); err != nil {
			return tail{}, verdict
		}
		w.scan.reset(file, end.end, s.fileBytes)
	}
}

// records visits what records there are from where the scanner is.
func (w *walker) records(s *segment, next uint64, end *tail) error {
	for next == 0 || w.last+1 < next {
		bytes, position, err := w.scan.next()
		if errors.Is(err, errRecord) || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read segment %s at byte %d: %w", s.name(), position, err)
		}
		r, offset := viewRecord(bytes)
		if r.FirstSequence != w.last+1 || r.Count < 1 || r.StampNS <= w.stampNS ||
			r.FirstSequence > w.from && r.StampNS <= w.fromNS || offset > position-segmentHeaderBytes {
			return damaged(s.name(), position, w.last+1, fmt.Sprintf(
				"the record with sequence %d and stamp %d cannot follow stamp %d", r.FirstSequence, r.StampNS, max(w.stampNS, w.fromNS)))
		}
		if r.FirstSequence <= w.from && r.LastSequence() > w.from {
			return fmt.Errorf("the snapshot %d lies within the record with sequence %d of segment %s", w.from, r.FirstSequence, s.name())
		}
		if offset == 0 {
			end.groupFirst = r.FirstSequence
		}
		if r.FirstSequence > w.from {
			if s.rules != w.rules {
				return &OtherRulesError{Segment: s.name(), Wrote: s.rules, Wants: w.rules}
			}
			if err := w.visit(r); err != nil {
				return fmt.Errorf("segment %s, byte %d, sequence %d: %w", s.name(), position, r.FirstSequence, err)
			}
		}
		w.last, w.stampNS = r.LastSequence(), r.StampNS
		end.end, end.groupStart = position+int64(len(bytes)), position-offset
		s.note(&r, position, end.end)
	}
	return nil
}

// lastByte is the position after the last byte that is not zero, or from.
func lastByte(file File, from, size int64) (int64, error) {
	buffer := make([]byte, min(zerosBytes, max(size-from, 0)))
	last := from
	for at := from; at < size; at += int64(len(buffer)) {
		n, err := file.ReadAt(buffer[:min(int64(len(buffer)), size-at)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if !bytes.Equal(buffer[:n], zeros[:n]) {
			last = at + int64(len(bytes.TrimRight(buffer[:n], "\x00")))
		}
	}
	return last, nil
}

// judgeTail tells damage from a torn tail. A torn tail is a group whose fsync never finished, so nobody was
// told of it. But if any whole record after the bad one says that its group began later than that, the bad
// bytes were durable once, and cutting them would lose what was acknowledged.
func judgeTail(file File, segment string, t tail, sequence uint64) error {
	rest := make([]byte, t.tornEnd-t.end)
	if err := readFull(file, rest, t.end); err != nil {
		return err
	}
	magic := binary.LittleEndian.AppendUint32(nil, recordMagic)
	for at := 0; ; at++ {
		found := bytes.Index(rest[at:], magic)
		if found < 0 || len(rest)-at-found < recordHeaderBytes {
			return nil
		}
		at += found
		length, err := recordLength(rest[at:])
		if err != nil || length > len(rest)-at || checkRecord(rest[at:at+length]) != nil {
			continue
		}
		if r, offset := viewRecord(rest[at : at+length]); int64(at)-offset > 0 && r.FirstSequence > sequence {
			return damaged(segment, t.end, sequence, fmt.Sprintf(
				"a later group, with sequence %d at byte %d, shows that these bytes were on disk", r.FirstSequence, t.end+int64(at)))
		}
	}
}
