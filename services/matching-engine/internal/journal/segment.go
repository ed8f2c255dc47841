package journal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	segmentSuffix      = ".journal"
	segmentMagic       = "DTJOURN2"
	segmentHeaderBytes = 8 + idTextBytes + 8 + 4 + 4 // magic, log id, first sequence, rules, CRC32C of these
	idTextBytes        = 36
	markEveryBytes     = 64 << 10
	readBufferBytes    = 256 << 10

	// Segments of the first header say no rules, and there was one version of them.
	firstSegmentMagic       = "DTJOURN1"
	firstSegmentHeaderBytes = segmentHeaderBytes - 4
	firstSegmentRules       = 1
)

// segment is one file of the journal. Its name is the sequence of its first event.
type segment struct {
	path          string
	firstSequence uint64
	headerBytes   int64
	sizeBytes     int64  // what is durable and may be read
	marks         []mark // sparse index, ascending
}

// mark says where in the segment the record that starts with a sequence is.
type mark struct {
	firstSequence uint64
	position      int64
}

func segmentPath(dir string, firstSequence uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", firstSequence, segmentSuffix))
}

// note adds a record to the sparse index, when it is far enough from the last one that is there.
func (s *segment) note(firstSequence uint64, position int64) {
	if n := len(s.marks); n == 0 || position-s.marks[n-1].position >= markEveryBytes {
		s.marks = append(s.marks, mark{firstSequence, position})
	}
}

// seek is the position of a record at or before the one that holds the sequence.
func (s *segment) seek(sequence uint64) int64 {
	at, found := slices.BinarySearchFunc(s.marks, sequence, func(m mark, sequence uint64) int {
		switch {
		case m.firstSequence < sequence:
			return -1
		case m.firstSequence > sequence:
			return 1
		}
		return 0
	})
	switch {
	case found:
		return s.marks[at].position
	case at == 0:
		return s.headerBytes
	}
	return s.marks[at-1].position
}

// OtherRulesError says that a segment was written by other rules than those that this program replays it by.
type OtherRulesError struct {
	Segment      string
	Wrote, Wants uint32
}

func (e *OtherRulesError) Error() string {
	return fmt.Sprintf("segment %s was written by matching rules %d, and this program has %d: another replay than theirs would "+
		"contradict what others were told. Start a release that has rules %d (`matching-engine rules` prints a release's)",
		e.Segment, e.Wrote, e.Wants, e.Wrote)
}

func segmentHeader(logID string, firstSequence uint64, rules uint32) []byte {
	header := append([]byte(segmentMagic), logID...)
	header = binary.LittleEndian.AppendUint64(header, firstSequence)
	header = binary.LittleEndian.AppendUint32(header, rules)
	return binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli))
}

func firstSegmentHeader(logID string, firstSequence uint64) []byte {
	header := append([]byte(firstSegmentMagic), logID...)
	header = binary.LittleEndian.AppendUint64(header, firstSequence)
	return binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli))
}

// createSegment makes a segment that has its header before it has its name, so that no segment is ever seen
// without one.
func createSegment(dir, logID string, firstSequence uint64, rules uint32) (*os.File, *segment, error) {
	path := segmentPath(dir, firstSequence)
	if err := writeDurably(path, segmentHeader(logID, firstSequence, rules)); err != nil {
		return nil, nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, nil, err
	}
	return file, &segment{
		path: path, firstSequence: firstSequence, headerBytes: segmentHeaderBytes, sizeBytes: segmentHeaderBytes,
	}, nil
}

// listSegments finds the segments of a folder in the order of their sequences.
func listSegments(dir string) ([]*segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var segments []*segment
	for _, entry := range entries { // sorted by name, and the names have one length
		number, ok := strings.CutSuffix(entry.Name(), segmentSuffix)
		if !ok {
			continue
		}
		first, err := strconv.ParseUint(number, 10, 64)
		if err != nil || len(number) != 20 {
			return nil, fmt.Errorf("%s is not the name of a journal segment", entry.Name())
		}
		segments = append(segments, &segment{path: filepath.Join(dir, entry.Name()), firstSequence: first})
	}
	return segments, nil
}

// scan reads the records of a segment file from a position to a limit, and calls visit for each with its
// position. It returns the position after the last whole record; what follows that is not a record.
func scan(file *os.File, from, limit int64, visit func(e Entry, position, groupStart int64) error) (int64, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(file, from, limit-from), readBufferBytes)
	header := make([]byte, recordHeaderBytes)
	for at := from; ; {
		if limit-at < recordHeaderBytes {
			return at, nil
		}
		if _, err := io.ReadFull(in, header); err != nil {
			return at, err
		}
		length, err := payloadLength(header, limit-at)
		if err != nil {
			return at, nil
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(in, payload); err != nil {
			return at, err
		}
		if checkPayload(header, payload) != nil {
			return at, nil
		}
		entry, groupStart, err := decodePayload(payload)
		if err != nil {
			return at, err
		}
		if err := visit(entry, at, groupStart); err != nil {
			return at, err
		}
		at += recordHeaderBytes + length
	}
}

// checkSegmentHeader gives the length of the header, and fails when it is not the one that this segment must have
// or when other rules wrote it.
func checkSegmentHeader(file *os.File, logID string, firstSequence uint64, rules uint32) (headerBytes int64, err error) {
	header := make([]byte, segmentHeaderBytes)
	if _, err := file.ReadAt(header, 0); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	wrote := binary.LittleEndian.Uint32(header[segmentHeaderBytes-8:])
	switch {
	case bytes.Equal(header, segmentHeader(logID, firstSequence, wrote)):
		headerBytes = segmentHeaderBytes
	case bytes.HasPrefix(header, firstSegmentHeader(logID, firstSequence)):
		headerBytes, wrote = firstSegmentHeaderBytes, firstSegmentRules
	default:
		return 0, fmt.Errorf("%s does not begin as a segment of log %s with the first sequence %d",
			filepath.Base(file.Name()), logID, firstSequence)
	}
	if wrote != rules {
		return 0, &OtherRulesError{Segment: filepath.Base(file.Name()), Wrote: wrote, Wants: rules}
	}
	return headerBytes, nil
}
