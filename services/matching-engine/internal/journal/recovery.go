package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// walker visits the entries of all segments in order and checks that they are one log.
type walker struct {
	logID     string
	rules     uint32
	next      uint64 // sequence that the next entry must start with
	lastStamp int64
	visit     func(Entry) error
}

// tail is how the last segment ended.
type tail struct {
	end        int64 // after the last whole record
	groupStart int64 // where the last record's group began
	tornBytes  int64 // what follows the end
}

// walkSegment visits one segment. Only the last one may end in something that is not a record.
func (w *walker) walkSegment(s *segment, last bool) (tail, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return tail{}, err
	}
	defer file.Close()
	if s.firstSequence != w.next {
		return tail{}, fmt.Errorf("segment %s should start with sequence %d: a segment is missing or repeated",
			filepath.Base(s.path), w.next)
	}
	if s.headerBytes, err = checkSegmentHeader(file, w.logID, s.firstSequence, w.rules); err != nil {
		return tail{}, err
	}
	info, err := file.Stat()
	if err != nil {
		return tail{}, err
	}
	groupStart := s.headerBytes
	end, err := scan(file, s.headerBytes, info.Size(), func(e Entry, at, group int64) error {
		if e.FirstSequence != w.next || e.StampNS <= w.lastStamp {
			return fmt.Errorf("the record with sequence %d and stamp %d cannot follow sequence %d and stamp %d",
				e.FirstSequence, e.StampNS, w.next-1, w.lastStamp)
		}
		w.next, w.lastStamp, groupStart = e.LastSequence()+1, e.StampNS, group
		s.note(e.FirstSequence, at)
		return w.visit(e)
	})
	if err != nil {
		return tail{}, fmt.Errorf("segment %s at byte %d: %w", filepath.Base(s.path), end, err)
	}
	s.sizeBytes = end
	t := tail{end: end, groupStart: groupStart, tornBytes: info.Size() - end}
	if t.tornBytes == 0 {
		return t, nil
	}
	if !last {
		return tail{}, fmt.Errorf("segment %s is damaged at byte %d, and later segments follow it: restore it from a copy",
			filepath.Base(s.path), end)
	}
	return t, refuseDamage(file, end, info.Size())
}

// refuseDamage tells damage from a torn tail. A torn tail is a group whose fsync never finished, so nobody
// was told of it. But if any whole record after the bad one says that its group began later than that, the
// bad bytes were durable once, and cutting them would lose what was acknowledged.
func refuseDamage(file *os.File, bad, size int64) error {
	rest := make([]byte, size-bad)
	if _, err := file.ReadAt(rest, bad); err != nil {
		return err
	}
	magic := binary.LittleEndian.AppendUint32(nil, recordMagic)
	for at := 0; ; at++ {
		found := bytes.Index(rest[at:], magic)
		if found < 0 {
			return nil
		}
		at += found
		length, err := payloadLength(rest[at:], int64(len(rest)-at))
		if err != nil {
			continue
		}
		payload := rest[at+recordHeaderBytes : int64(at)+recordHeaderBytes+length]
		if checkPayload(rest[at:], payload) != nil {
			continue
		}
		if _, groupStart, err := decodePayload(payload); err == nil && groupStart > bad {
			return fmt.Errorf("segment %s is damaged at byte %d: a later record shows that these bytes were on disk "+
				"and may have been acknowledged; restore the segment from a copy", filepath.Base(file.Name()), bad)
		}
	}
}

// repairTail makes the last segment end after its last whole record, and makes that durable. The bytes that
// are cut are kept beside it.
//
// The last group is written again with the same bytes: an earlier process may have died after its fsync
// failed, and the kernel then shows pages that it counts as clean but never wrote. Writing them marks them
// dirty, so that this fsync speaks for them.
func repairTail(dir string, file *os.File, t tail) error {
	if t.tornBytes > 0 {
		torn := make([]byte, t.tornBytes)
		if _, err := file.ReadAt(torn, t.end); err != nil {
			return err
		}
		if err := writeDurably(fmt.Sprintf("%s.torn-%d", file.Name(), t.end), torn); err != nil {
			return err
		}
		if err := file.Truncate(t.end); err != nil {
			return err
		}
	}
	group := make([]byte, t.end-t.groupStart)
	if _, err := file.ReadAt(group, t.groupStart); err != nil && len(group) > 0 {
		return err
	}
	if _, err := file.WriteAt(group, t.groupStart); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return syncFolder(dir)
}

// Walk reads a journal without changing it, also while an engine writes it: an unfinished tail is tolerated
// and its length returned.
func Walk(dir string, rules uint32, visit func(Entry) error) (logID string, tornBytes int64, err error) {
	logID, err = readLogID(dir)
	if err != nil {
		return "", 0, err
	}
	if logID == "" {
		return "", 0, errors.New("the folder holds no log: it has no file " + logIDFile)
	}
	segments, err := listSegments(dir)
	if err != nil {
		return "", 0, err
	}
	w := walker{logID: logID, rules: rules, next: 1, visit: visit}
	for i, s := range segments {
		t, err := w.walkSegment(s, i == len(segments)-1)
		if err != nil {
			return "", 0, err
		}
		tornBytes = t.tornBytes
	}
	return logID, tornBytes, nil
}
