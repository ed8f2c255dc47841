package journal

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	segmentSuffix      = ".journal"
	segmentMagic       = "DTJOURN3"
	segmentFamily      = "DTJOURN"
	segmentHeaderBytes = 64 // magic, log id, first sequence u64, rules u32, zeros, CRC32C of all before
	atSegmentFirst     = 8 + idTextBytes
	atSegmentRules     = atSegmentFirst + 8
	atSegmentCRC       = segmentHeaderBytes - 4

	// markEveryBytes is the spacing of a segment's sparse index: what a reader may have to pass over to get
	// to its record.
	markEveryBytes = 256 << 10
)

// segment is one file of the journal. Its name is the sequence of its first event. A segment ends where the
// next one begins: records at or after that sequence are leftovers of a tail that was written anew.
type segment struct {
	path          string
	firstSequence uint64
	rules         uint32
	archived      bool
	duplicate     string // of an archived segment: a copy in the data folder that is still to be removed; archiving's
	deleting      bool   // it is read no more, and its file may be gone
	records       int    // known of segments that were walked or written since the start
	lastSequence  uint64 // as records
	firstStampNS  int64  // of the first record; 0: not known
	endBytes      int64  // after the last durable record; 0: not known
	fileBytes     int64
	indexed       bool   // marks cover the segment up to endBytes
	marks         []mark // sparse index, ascending
}

// mark says where in the segment the record that starts with a sequence is.
type mark struct {
	firstSequence uint64
	position      int64
}

func (s *segment) name() string { return filepath.Base(s.path) }

func segmentPath(dir string, firstSequence uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", firstSequence, segmentSuffix))
}

// note takes a record into account that follows those before. Marks are apart by markEveryBytes at least.
func (s *segment) note(r *Record, position, end int64) {
	if n := len(s.marks); n == 0 || position-s.marks[n-1].position >= markEveryBytes {
		s.marks = append(s.marks, mark{r.FirstSequence, position})
	}
	if s.records == 0 {
		s.firstStampNS = r.StampNS
	}
	s.records++
	s.lastSequence, s.endBytes = r.LastSequence(), end
}

// dropFrom leaves to the next segment the records that were written anew at its beginning.
func (s *segment) dropFrom(next *segment) {
	s.records -= next.records
	s.lastSequence = next.firstSequence - 1
	s.endBytes -= next.endBytes - segmentHeaderBytes
	for n := len(s.marks); n > 0 && s.marks[n-1].firstSequence > s.lastSequence; n-- {
		s.marks = s.marks[:n-1]
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
		return segmentHeaderBytes
	}
	return s.marks[at-1].position
}

// OtherRulesError says that records must be replayed that other rules wrote than this program has.
type OtherRulesError struct {
	Segment      string
	Wrote, Wants uint32
}

func (e *OtherRulesError) Error() string {
	return fmt.Sprintf("segment %s was written by matching rules %d, and this program has %d: another replay than theirs would "+
		"contradict what others were told. Start a release that has rules %d (`matching-engine rules` prints a release's) and end it "+
		"with SIGTERM: it leaves a snapshot, from which newer rules go on", e.Segment, e.Wrote, e.Wants, e.Wrote)
}

// FormatError says that a segment has a format of another release.
type FormatError struct{ Segment, Format string }

func (e *FormatError) Error() string {
	return fmt.Sprintf("segment %s has the format %s, and this program reads only %s: start the release that wrote it, or begin a "+
		"new venue with an empty data folder and new databases (docs/operations.md, \"When the journal does not open\")",
		e.Segment, e.Format, segmentMagic)
}

func segmentHeader(logID string, firstSequence uint64, rules uint32) []byte {
	header := make([]byte, segmentHeaderBytes)
	copy(header, segmentMagic)
	copy(header[len(segmentMagic):], logID)
	binary.LittleEndian.PutUint64(header[atSegmentFirst:], firstSequence)
	binary.LittleEndian.PutUint32(header[atSegmentRules:], rules)
	binary.LittleEndian.PutUint32(header[atSegmentCRC:], crc32.Checksum(header[:atSegmentCRC], castagnoli))
	return header
}

// readHeader reads a segment's header, whole, and notes the segment's rules and size.
func readHeader(disk Disk, s *segment) (id string, first uint64, err error) {
	file, err := disk.Open(s.path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	if s.fileBytes, err = file.Size(); err != nil {
		return "", 0, err
	}
	header := make([]byte, segmentHeaderBytes)
	if err := readFull(file, header[:min(s.fileBytes, segmentHeaderBytes)], 0); err != nil {
		return "", 0, err
	}
	format := string(header[:len(segmentMagic)])
	if strings.HasPrefix(format, segmentFamily) && format != segmentMagic {
		return "", 0, &FormatError{s.name(), format}
	}
	if binary.LittleEndian.Uint32(header[atSegmentCRC:]) != crc32.Checksum(header[:atSegmentCRC], castagnoli) || format != segmentMagic {
		return "", 0, damaged(s.name(), 0, s.firstSequence, "its header is not whole")
	}
	s.rules = binary.LittleEndian.Uint32(header[atSegmentRules:])
	return string(header[len(segmentMagic):atSegmentFirst]), binary.LittleEndian.Uint64(header[atSegmentFirst:]), nil
}

// readSegmentHeader checks that a segment is the one that its name and folder say.
func readSegmentHeader(disk Disk, s *segment, logID string) error {
	id, first, err := readHeader(disk, s)
	if err == nil && (id != logID || first != s.firstSequence) {
		err = fmt.Errorf("segment %s belongs to log %s from sequence %d, and the folder's log is %s: it lies in the wrong folder or "+
			"has the wrong name", s.name(), id, first, logID)
	}
	return err
}

// DamageError says that bytes that were durable once are not what was written.
type DamageError struct {
	Segment  string
	Byte     int64
	Sequence uint64 // that should be there
	What     string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("segment %s is damaged at byte %d, where sequence %d should be (%s): what lies there may have been "+
		"acknowledged, so nothing is cut. Restore this one file from a back-up (docs/operations.md, \"When the journal does not open\")",
		e.Segment, e.Byte, e.Sequence, e.What)
}

func damaged(segment string, at int64, sequence uint64, what string) error {
	return &DamageError{segment, at, sequence, what}
}

// listSegments finds the segments of the data folder and the archive in the order of their sequences. One that is in
// both, because its move was interrupted, is given as the archive's, with the other as its duplicate.
func listSegments(disk Disk, dir, archive string) (segments []*segment, err error) {
	bySequence := map[uint64]*segment{}
	for _, folder := range []string{dir, archive} { // in this order: what moves meanwhile is seen twice, not missed
		names, err := disk.Names(folder)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			number, ok := strings.CutSuffix(name, segmentSuffix)
			if !ok {
				continue
			}
			first, err := strconv.ParseUint(number, 10, 64)
			if err != nil || len(number) != 20 || first == 0 {
				return nil, fmt.Errorf("%s in %s is not the name of a journal segment", name, folder)
			}
			s := &segment{path: filepath.Join(folder, name), firstSequence: first, archived: folder == archive}
			if other := bySequence[first]; other != nil {
				s.duplicate = other.path
			}
			bySequence[first] = s
		}
	}
	for _, s := range bySequence {
		segments = append(segments, s)
	}
	slices.SortFunc(segments, func(a, b *segment) int { return cmp.Compare(a.firstSequence, b.firstSequence) })
	return segments, nil
}

// holding is the index of the segment that holds a sequence, if any does; -1 when it is before all of them.
func holding(segments []*segment, sequence uint64) int {
	at, found := slices.BinarySearchFunc(segments, sequence, func(s *segment, sequence uint64) int {
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
	return at
}
