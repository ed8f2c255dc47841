package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"sync"
)

// scanners are kept between calls for their buffers.
var scanners = sync.Pool{New: func() any { return &scanner{chunk: pageBufferBytes} }}

// Records reads durable records in order, from the one that holds the event after a sequence to the end as it
// is at the call; archived segments included. It costs what it gives, wherever in the log that lies. A view is
// valid until the next step. An error ends the reading; ErrDeleted when the first of them is gone.
func (j *Journal) Records(after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		scan := scanners.Get().(*scanner)
		defer func() {
			if scan.file = nil; len(scan.buffer) <= 16*pageBufferBytes {
				scanners.Put(scan)
			}
		}()
		last := j.LastSequence()
		for next := after + 1; next <= last; {
			more, err := j.readSegment(scan, &next, last, yield)
			if err != nil {
				yield(Record{}, err)
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// place is where in which segment a sequence is found.
type place struct {
	segment  *segment
	path     string
	next     uint64 // first sequence of the segment after it; 0: none
	indexed  bool
	position int64
	limit    int64 // of the durable records
}

func (j *Journal) locate(sequence uint64) (place, error) {
	j.mutex.RLock()
	defer j.mutex.RUnlock()
	at := holding(j.segments, sequence)
	if at < 0 || j.segments[at].deleting {
		return place{}, ErrDeleted
	}
	s := j.segments[at]
	p := place{segment: s, path: s.path, indexed: s.indexed, position: s.seek(sequence), limit: s.endBytes}
	if at+1 < len(j.segments) {
		p.next = j.segments[at+1].firstSequence
	}
	if !s.indexed {
		p.position, p.limit = segmentHeaderBytes, s.fileBytes
	}
	return p, nil
}

// openAt opens the segment that holds a sequence. Meanwhile it may move to the archive, where it is found before the
// journal notes that it moved; or be deleted.
func (j *Journal) openAt(sequence uint64) (File, place, error) {
	for moved := ""; ; {
		p, err := j.locate(sequence)
		if err != nil {
			return nil, place{}, err
		}
		file, err := j.disk.Open(p.path)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, p, err
		}
		if file, err := j.disk.Open(filepath.Join(j.archive, filepath.Base(p.path))); !errors.Is(err, fs.ErrNotExist) {
			return file, p, err
		}
		if p.path == moved {
			return nil, place{}, err
		}
		moved = p.path
	}
}

// readSegment gives the records from a sequence on to the end of its segment, or of the log.
func (j *Journal) readSegment(scan *scanner, next *uint64, last uint64, yield func(Record, error) bool) (more bool, err error) {
	file, p, err := j.openAt(*next)
	if err != nil {
		return false, err
	}
	defer file.Close()
	if !p.indexed {
		if err := j.index(scan, file, p); err != nil {
			return false, err
		}
		if p, err = j.locate(*next); err != nil {
			return false, err
		}
	}
	scan.reset(file, p.position, p.limit)
	for *next <= last && (p.next == 0 || *next < p.next) {
		bytes, position, err := scan.next()
		if errors.Is(err, errRecord) || errors.Is(err, io.EOF) {
			return false, damaged(filepath.Base(p.path), position, *next, "no whole record is there")
		}
		if err != nil {
			return false, fmt.Errorf("read %s at byte %d, sequence %d: %w", p.path, position, *next, err)
		}
		r, _ := viewRecord(bytes)
		if r.LastSequence() < *next {
			continue
		}
		if !yield(r, nil) {
			return false, nil
		}
		*next = r.LastSequence() + 1
	}
	return true, nil
}

// index makes the sparse index of a sealed segment that no start had to walk.
func (j *Journal) index(scan *scanner, file File, p place) error {
	made := segment{firstSequence: p.segment.firstSequence, lastSequence: p.segment.firstSequence - 1, endBytes: segmentHeaderBytes}
	scan.reset(file, segmentHeaderBytes, p.limit)
	for p.next == 0 || made.lastSequence+1 < p.next {
		bytes, position, err := scan.next()
		if errors.Is(err, io.EOF) && p.next == 0 {
			break
		}
		if errors.Is(err, errRecord) || errors.Is(err, io.EOF) {
			return damaged(filepath.Base(p.path), position, made.lastSequence+1, "no whole record is there")
		}
		if err != nil {
			return fmt.Errorf("read %s at byte %d: %w", p.path, position, err)
		}
		r, _ := viewRecord(bytes)
		if r.FirstSequence != made.lastSequence+1 {
			return damaged(filepath.Base(p.path), position, made.lastSequence+1, fmt.Sprintf("it holds sequence %d", r.FirstSequence))
		}
		made.note(&r, position, position+int64(len(bytes)))
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	s := p.segment
	s.marks, s.records, s.firstStampNS, s.indexed = made.marks, made.records, made.firstStampNS, true
	s.lastSequence, s.endBytes = made.lastSequence, made.endBytes
	return nil
}
