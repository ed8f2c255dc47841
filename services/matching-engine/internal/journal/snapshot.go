package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// A snapshot file is named for the last sequence that its state holds. It begins with a header, little endian:
//
//	magic | log id | rules u32 | sequence u64 | stamp i64 | body length u64 | CRC32C u32 of the body |
//	CRC32C u32 of the header before
const (
	snapshotSuffix      = ".snapshot"
	snapshotMagic       = "DTSNAP01"
	snapshotHeaderBytes = len(snapshotMagic) + idTextBytes + 4 + 8 + 8 + 8 + 4 + 4
	snapshotsKept       = 2
)

// Snapshot is a state that was kept, and where in the log it was.
type Snapshot struct {
	Sequence uint64 // of the last event that the state holds
	StampNS  int64  // of that event's record
	Rules    uint32 // that the writer had
	Body     []byte
}

// errBroken says that a snapshot cannot be used, and why.
var errBroken = errors.New("broken")

func snapshotPath(dir string, sequence uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%020d%s", sequence, snapshotSuffix))
}

// listSnapshots gives the sequences of the snapshots in a folder, the newest first.
func listSnapshots(disk Disk, dir string) ([]uint64, error) {
	names, err := disk.Names(dir)
	if err != nil {
		return nil, err
	}
	var sequences []uint64
	for i := len(names) - 1; i >= 0; i-- { // sorted by name, and the names have one length
		number, ok := strings.CutSuffix(names[i], snapshotSuffix)
		if !ok {
			continue
		}
		sequence, err := strconv.ParseUint(number, 10, 64)
		if err != nil || len(number) != 20 {
			return nil, fmt.Errorf("%s in %s is not the name of a snapshot", names[i], dir)
		}
		sequences = append(sequences, sequence)
	}
	return sequences, nil
}

func writeSnapshot(disk Disk, dir, logID string, s Snapshot) error {
	header := append([]byte(snapshotMagic), logID...)
	header = binary.LittleEndian.AppendUint32(header, s.Rules)
	header = binary.LittleEndian.AppendUint64(header, s.Sequence)
	header = binary.LittleEndian.AppendUint64(header, uint64(s.StampNS))
	header = binary.LittleEndian.AppendUint64(header, uint64(len(s.Body)))
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(s.Body, castagnoli))
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli))
	return writeDurably(disk, snapshotPath(dir, s.Sequence), header, s.Body)
}

// readSnapshot loads a snapshot; errBroken when it is not one of this log, whole.
func readSnapshot(disk Disk, dir, logID string, sequence uint64) (Snapshot, error) {
	path := snapshotPath(dir, sequence)
	content, err := readFile(disk, path)
	if errors.Is(err, fs.ErrNotExist) {
		return Snapshot{}, err
	}
	broken := func(what string) (Snapshot, error) {
		return Snapshot{}, fmt.Errorf("the snapshot %s is %w: %s", filepath.Base(path), errBroken, what)
	}
	if err != nil {
		return broken(err.Error())
	}
	if len(content) < snapshotHeaderBytes || string(content[:len(snapshotMagic)]) != snapshotMagic {
		return broken("it does not begin as a snapshot")
	}
	header, body := content[:snapshotHeaderBytes], content[snapshotHeaderBytes:]
	little := binary.LittleEndian
	if little.Uint32(header[snapshotHeaderBytes-4:]) != crc32.Checksum(header[:snapshotHeaderBytes-4], castagnoli) {
		return broken("its header is not whole")
	}
	fields := header[len(snapshotMagic)+idTextBytes:]
	s := Snapshot{
		Rules: little.Uint32(fields), Sequence: little.Uint64(fields[4:]), StampNS: int64(little.Uint64(fields[12:])), Body: body,
	}
	switch {
	case string(header[len(snapshotMagic):len(snapshotMagic)+idTextBytes]) != logID:
		return broken("it belongs to another log")
	case s.Sequence != sequence:
		return broken("its name is not its sequence")
	case little.Uint64(fields[20:]) != uint64(len(body)):
		return broken("it is cut short")
	case little.Uint32(fields[28:]) != crc32.Checksum(body, castagnoli):
		return broken("its checksum differs")
	}
	return s, nil
}

// WriteSnapshot keeps the state right after the event with a sequence, whole and durable or not at all. The
// newest two stay. It fails without harm to the journal.
func (j *Journal) WriteSnapshot(sequence uint64, stampNS int64, body []byte) error {
	j.snapshotting.Lock()
	defer j.snapshotting.Unlock()
	j.mutex.RLock()
	last, err, newest := j.lastSequence, j.usable(), j.newestSnapshot.Sequence
	j.mutex.RUnlock()
	if err != nil {
		return err
	}
	if sequence == 0 || sequence > last || sequence < newest {
		return fmt.Errorf("a snapshot at %d is asked for, of a log that ends at %d and has one at %d", sequence, last, newest)
	}
	s := Snapshot{Sequence: sequence, StampNS: stampNS, Rules: j.options.Rules, Body: body}
	if err := writeSnapshot(j.disk, j.options.Dir, j.logID, s); err != nil {
		return fmt.Errorf("write the snapshot %d: %w", sequence, err)
	}
	size := int64(snapshotHeaderBytes + len(body))
	s.Body = nil
	j.mutex.Lock()
	if sequence > newest {
		j.olderSnapshot = newest
	}
	j.newestSnapshot, j.snapshotBytes = s, size
	j.mutex.Unlock()
	return j.pruneSnapshots()
}

// pruneSnapshots removes all snapshots but the newest good ones.
func (j *Journal) pruneSnapshots() error {
	sequences, err := listSnapshots(j.disk, j.options.Dir)
	if err != nil {
		return err
	}
	for _, sequence := range sequences {
		if sequence == j.newestSnapshot.Sequence || sequence == j.olderSnapshot {
			continue
		}
		if err := j.disk.Remove(snapshotPath(j.options.Dir, sequence)); err != nil {
			return fmt.Errorf("remove an old snapshot: %w", err)
		}
	}
	return nil
}

// LoadSnapshot gives the newest snapshot that is whole and that restore takes, without its body; false when there is
// none. It passes over others as Open does. restore may be called again after it failed.
func (j *Journal) LoadSnapshot(restore func(snapshot []byte) error) (Snapshot, bool, error) {
	sequences, err := listSnapshots(j.disk, j.options.Dir)
	if err != nil {
		return Snapshot{}, false, err
	}
	for _, sequence := range sequences {
		s, err := readSnapshot(j.disk, j.options.Dir, j.logID, sequence)
		if err == nil {
			err = restore(s.Body)
		}
		if err == nil {
			s.Body = nil
			return s, true, nil
		}
		j.log.Warn("a snapshot is passed over", "snapshot", sequence, "reason", err)
	}
	return Snapshot{}, false, nil
}
