package journal

import (
	"errors"
	"io"
)

const (
	walkBufferBytes = 1 << 20
	pageBufferBytes = markEveryBytes // a reader's page is often small
)

// scanner reads records one after the other out of a file, without an allocation for each.
type scanner struct {
	chunk  int // bytes to read at once
	file   File
	limit  int64 // of the file
	at     int64 // of the next record
	buffer []byte
	start  int64 // where in the file the buffer begins
	filled int
}

// reset begins anew in a file. The buffer is kept.
func (s *scanner) reset(file File, from, limit int64) {
	s.file, s.at, s.limit, s.start, s.filled = file, from, limit, from, 0
}

// next gives the bytes of the next record, valid until the call after, and its position; errRecord when no
// whole record begins there; io.EOF when too few bytes for one are left.
func (s *scanner) next() (record []byte, position int64, err error) {
	if s.limit-s.at < recordHeaderBytes {
		return nil, s.at, io.EOF
	}
	header, err := s.peek(recordHeaderBytes)
	if err != nil {
		return nil, s.at, err
	}
	length, err := recordLength(header)
	if err != nil || int64(length) > s.limit-s.at {
		return nil, s.at, errRecord
	}
	if record, err = s.peek(length); err != nil {
		return nil, s.at, err
	}
	if err := checkRecord(record); err != nil {
		return nil, s.at, err
	}
	position = s.at
	s.at += int64(length)
	return record, position, nil
}

// peek gives the next n bytes, which the limit covers.
func (s *scanner) peek(n int) ([]byte, error) {
	offset := int(s.at - s.start)
	if s.filled-offset >= n {
		return s.buffer[offset : offset+n], nil
	}
	rest := s.filled - offset
	if need := max(n, int(min(int64(s.chunk), s.limit-s.at))); len(s.buffer) < need {
		grown := make([]byte, need)
		copy(grown, s.buffer[offset:s.filled])
		s.buffer = grown
	} else {
		copy(s.buffer, s.buffer[offset:s.filled])
	}
	s.start, s.filled = s.at, rest
	more := min(int64(len(s.buffer)-rest), s.limit-s.start-int64(rest))
	read, err := s.file.ReadAt(s.buffer[rest:rest+int(more)], s.start+int64(rest))
	s.filled += read
	if s.filled >= n {
		return s.buffer[:n], nil
	}
	if err == nil || errors.Is(err, io.EOF) { // a writer in another process cut what it had allocated
		s.limit = s.start + int64(s.filled)
		return nil, errRecord
	}
	return nil, err
}
