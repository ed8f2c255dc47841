package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// simulation drives a journal over a simulated disk as an engine would, and knows what it was promised.
type simulation struct {
	disk    *simDisk
	random  *rand.Rand
	journal *Journal

	log      []Record // what was acknowledged or served, from sequence 1
	sums     []uint32 // the state after each of them
	inFlight []Record // of a group whose Append did not return well
	first    uint64   // where deletion has got to
	sum      uint32   // the engine's state
	last     uint64
	refused  int // groups that found no room
}

const simDir = "/data"

// errPromise is a promise that was broken before any start.
var errPromise = errors.New("a broken promise")

func newSimulation(seed uint64) *simulation {
	return &simulation{disk: newSimDisk(seed), random: rand.New(rand.NewPCG(seed, 2)), first: 1}
}

func advance(sum uint32, r Record) uint32 {
	return crc32.Update(crc32.Update(sum, crc32.IEEETable, r.Command), crc32.IEEETable, r.Events)
}

func (s *simulation) open() error {
	s.sum, s.last = 0, 0
	j, err := Open(Options{
		Dir: simDir, Rules: 2, SegmentBytes: 1024, NewLogID: func() string { return logID }, Disk: s.disk, inline: true,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, s.restore, func(r Record) error {
		if r.FirstSequence != s.last+1 {
			return fmt.Errorf("sequence %d was replayed after %d", r.FirstSequence, s.last)
		}
		s.sum, s.last = advance(s.sum, r), r.LastSequence()
		return nil
	})
	s.journal = j
	return err
}

func (s *simulation) restore(snapshot []byte) error {
	if len(snapshot) != 12 {
		return errors.New("not a snapshot")
	}
	s.last, s.sum = binary.LittleEndian.Uint64(snapshot), binary.LittleEndian.Uint32(snapshot[8:])
	return nil
}

// step does one thing that an engine does. Errors are for who asked: the journal says by itself whether it is over.
func (s *simulation) step() error {
	switch s.random.IntN(12) {
	case 0: // as at a shutdown, or later, as a checkpoint
		at := s.random.IntN(len(s.log)+1) - 1
		if s.random.IntN(2) == 0 {
			at = len(s.log) - 1
		}
		if at >= 0 && s.log[at].LastSequence() >= s.journal.Stats().SnapshotSequence {
			body := binary.LittleEndian.AppendUint64(nil, s.log[at].LastSequence())
			_ = s.journal.WriteSnapshot(s.log[at].LastSequence(), s.log[at].StampNS, binary.LittleEndian.AppendUint32(body, s.sums[at]))
		}
	case 1:
		_ = s.journal.Archive()
		deleted, _ := s.journal.DeleteArchived(time.Duration(1+s.random.IntN(200)), 0)
		s.first = max(s.first, s.journal.FirstSequence())
		if position, known := s.journal.Positions()["reader"]; known && deleted > 0 && s.first > position+1 {
			return fmt.Errorf("%w: the log begins with %d, and the reader has confirmed %d", errPromise, s.first, position)
		}
	case 2:
		position := max(s.journal.Positions()["reader"], s.journal.FirstSequence()-1) + uint64(s.random.IntN(20))
		_ = s.journal.Confirm("reader", min(position, s.last))
	case 3:
		if s.random.IntN(3) == 0 {
			s.journal.Close()
			s.disk.restart(false)
			return s.open()
		}
	default:
		return s.append()
	}
	return nil
}

func (s *simulation) append() error {
	var g Group
	next, stamp := s.last+1, s.journal.LastStampNS()
	for range 1 + s.random.IntN(4) {
		count := 1 + s.random.IntN(3)
		content := make([]byte, s.random.IntN(120))
		for i := range content {
			content[i] = byte(s.random.Uint32())
		}
		cut := s.random.IntN(len(content) + 1)
		stamp += 1 + int64(s.random.IntN(5))
		g.Add(stamp, next, count, content[:cut], content[cut:])
		next += uint64(count)
	}
	if err := s.journal.Room(int64(g.Bytes())); errors.Is(err, ErrFull) {
		s.refused++
		if s.disk.isFull() && s.random.IntN(4) == 0 {
			s.disk.setRoom(true)
		}
		return nil
	} else if err != nil {
		return err
	}
	s.inFlight = nil
	for r := range g.Records() {
		s.inFlight = append(s.inFlight, keep(r))
	}
	noRoom := s.disk.isFull()
	if err := s.journal.Append(&g); err != nil {
		if noRoom {
			return fmt.Errorf("%w: Room allowed a group for which there was none: %w", errPromise, err)
		}
		return err
	}
	for _, r := range s.inFlight {
		s.acknowledge(r)
	}
	s.inFlight = nil
	return nil
}

func (s *simulation) acknowledge(r Record) {
	s.sum, s.last = advance(s.sum, r), r.LastSequence()
	s.log, s.sums = append(s.log, r), append(s.sums, s.sum)
}

// recover starts again until a start goes through, with faults in the starts, too, and checks what is there. A volume
// that was full may still be: then it starts out of the reserve, if that was kept.
func (s *simulation) recover(cut bool) error {
	for attempt := 0; ; attempt++ {
		s.disk.restart(cut)
		s.disk.faultAt, s.disk.happened = 0, false
		if s.disk.noRoom {
			s.disk.setRoom(s.random.IntN(2) == 0)
		}
		if attempt < 3 && s.random.IntN(2) == 0 {
			s.disk.faultAt = s.disk.operations + 1 + s.random.IntN(20)
			s.disk.fault = fault(1 + s.random.IntN(3))
		} else if attempt < 3 && s.random.IntN(4) == 0 {
			s.disk.failRead = 1 + s.random.IntN(20)
		}
		reserved := s.disk.size(filepath.Join(simDir, reserveFile)) >= reserveFor(1024, 0) &&
			s.disk.size(filepath.Join(simDir, logIDFile)) > 0
		err := s.open()
		if err == nil {
			s.disk.failRead = 0
			if s.disk.isFull() {
				fullStarts++
			}
			if err := s.check(); err != nil && !(s.disk.gone && errors.Is(err, errCut)) {
				return err
			}
			if !s.disk.happened {
				s.disk.faultAt = 0
				return nil
			}
		} else if s.disk.isFull() && !reserved && (noRoom(err) || Refusing(err)) {
			s.disk.setRoom(true) // it was full before a reserve could be kept, or the log be begun
		} else if !s.disk.happened {
			return fmt.Errorf("the start after a fault: %w", err)
		}
		cut = s.random.IntN(2) == 0
	}
}

// fullStarts counts starts that went through on a full volume.
var fullStarts int

// check compares a journal that has just opened with what was promised.
func (s *simulation) check() error {
	first := s.journal.FirstSequence()
	at := 0
	for at < len(s.log) && s.log[at].FirstSequence < first {
		at++
	}
	if first > s.first {
		return fmt.Errorf("the log begins with %d, and nothing was deleted behind %d", first, s.first)
	}
	if position, known := s.journal.Positions()["reader"]; known && first > position+1 {
		return fmt.Errorf("the log begins with %d, and the reader goes on after %d", first, position)
	}
	extra := s.inFlight
	for r, err := range s.journal.Records(first - 1) {
		if err != nil {
			return err
		}
		switch {
		case at < len(s.log):
			if !equal(r, s.log[at]) {
				return fmt.Errorf("record %d differs from what was acknowledged", r.FirstSequence)
			}
		case len(extra) > 0 && equal(r, extra[0]): // nobody was told, and it is whole: it is served from now on
			s.log = append(s.log, extra[0])
			sum := uint32(0)
			if len(s.sums) > 0 {
				sum = s.sums[len(s.sums)-1]
			}
			s.sums = append(s.sums, advance(sum, extra[0]))
			extra = extra[1:]
		default:
			return fmt.Errorf("record %d was invented", r.FirstSequence)
		}
		at++
	}
	if at < len(s.log) {
		return fmt.Errorf("what was acknowledged is lost from sequence %d on", s.log[at].FirstSequence)
	}
	s.inFlight = nil
	last, sum := uint64(0), uint32(0)
	if n := len(s.log); n > 0 {
		last, sum = s.log[n-1].LastSequence(), s.sums[n-1]
	}
	if s.last != last || s.sum != sum || s.journal.LastSequence() != last {
		return fmt.Errorf("the state is that of sequence %d, the journal ends at %d, and the log at %d (sums %x, %x)",
			s.last, s.journal.LastSequence(), last, s.sum, sum)
	}
	return s.walk(last)
}

// walk verifies the folder as another process would.
func (s *simulation) walk(last uint64) error {
	other := &simulation{}
	summary, err := Walk(WalkOptions{Dir: simDir, Rules: 2, Disk: s.disk, AtSnapshot: func(sequence uint64, body []byte) error {
		if binary.LittleEndian.Uint64(body) != other.last || binary.LittleEndian.Uint32(body[8:]) != other.sum {
			return errors.New("it holds another state than the log gives")
		}
		return nil
	}}, other.restore, func(r Record) error {
		other.sum, other.last = advance(other.sum, r), r.LastSequence()
		return nil
	})
	if err != nil {
		return fmt.Errorf("walk: %w", err)
	}
	if summary.LastSequence != last || other.sum != s.sum || summary.TornBytes != 0 {
		return fmt.Errorf("the walk ends elsewhere than the journal: %+v", summary)
	}
	return nil
}

func equal(a, b Record) bool {
	return a.StampNS == b.StampNS && a.FirstSequence == b.FirstSequence && a.Count == b.Count &&
		bytes.Equal(a.Command, b.Command) && bytes.Equal(a.Events, b.Events)
}

// simulate runs until the fault has happened (or all steps are done), recovers, goes on, and recovers again.
func simulate(seed uint64, steps, faultAt int, kind fault) (operations int, err error) {
	s := newSimulation(seed)
	s.disk.faultAt, s.disk.fault = faultAt, kind
	err = s.open()
	for n := 0; n < steps && err == nil && !s.disk.gone; n++ {
		err = s.step()
	}
	operations = s.disk.operations
	if err != nil && !s.disk.happened {
		return operations, err
	}
	if errors.Is(err, errPromise) {
		return operations, err
	}
	if kind == noFault {
		return operations, s.check()
	}
	// Whatever ended the process, the power may fail right after, or once the next one serves.
	if err := s.recover(kind != kill && s.random.IntN(2) == 0); err != nil {
		return operations, err
	}
	if err := s.recover(true); err != nil {
		return operations, fmt.Errorf("a power cut after the start: %w", err)
	}
	for range 12 {
		if err := s.step(); err != nil {
			return operations, fmt.Errorf("going on: %w", err)
		}
	}
	return operations, s.recover(true)
}

// TestNothingAcknowledgedIsLostAndNothingInventedAtAnyFault puts every fault at every operation of some runs,
// and further ones at random into the starts that follow. JOURNAL_FAULT_SEEDS sets how many runs (minutes for
// hundreds); BENCH_DIR where to note how many points there were.
func TestNothingAcknowledgedIsLostAndNothingInventedAtAnyFault(t *testing.T) {
	const steps = 32
	seeds := 3
	if setting := os.Getenv("JOURNAL_FAULT_SEEDS"); setting != "" {
		var err error
		if seeds, err = strconv.Atoi(setting); err != nil {
			t.Fatal(err)
		}
	}
	points := 0
	for seed := range uint64(seeds) {
		operations, err := simulate(seed, steps, 0, noFault)
		if err != nil {
			t.Fatalf("seed %d without a fault: %v", seed, err)
		}
		for at := 1; at <= operations; at++ {
			for _, kind := range []fault{powerCut, kill, failure, full} {
				points++
				if _, err := simulate(seed, steps, at, kind); err != nil {
					t.Fatalf("seed %d, fault %d at operation %d of %d: %v", seed, kind, at, operations, err)
				}
			}
		}
		if done := seed + 1; done%25 == 0 {
			t.Logf("%d of %d runs, %d crash points", done, seeds, points)
		}
	}
	t.Logf("%d crash points, %d starts on a full volume", points, fullStarts)
	if points < 400*seeds || fullStarts < 10*seeds {
		t.Fatalf("only %d points, and %d starts on a full volume: the test proves little", points, fullStarts)
	}
	notePoints(t, points)
}

func notePoints(t *testing.T, points int) {
	t.Helper()
	dir := os.Getenv("BENCH_DIR")
	if dir == "" {
		return
	}
	content, err := json.Marshal(map[string]int{"crash_points": points})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "crash-points.json"), append(content, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
