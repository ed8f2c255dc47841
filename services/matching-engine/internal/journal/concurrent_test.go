package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// crowd does to a journal at once what an engine's goroutines do: append, prepare and fill segments, make snapshots,
// archive, delete, confirm, and read, while a fault waits at some operation of the disk. What happens when is not the
// same in every run of a seed; what is promised is.
type crowd struct {
	*simulation
	mutex sync.Mutex // guards the simulation's log, its sums, and failure
	wrong error
}

func (c *crowd) open() error {
	c.sum, c.last = 0, 0
	j, err := Open(Options{
		Dir: simDir, Rules: 2, SegmentBytes: 1024, NewLogID: func() string { return logID }, Disk: c.disk,
		Readers: []string{"reader"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, c.restore, func(r Record) error {
		c.sum, c.last = advance(c.sum, r), r.LastSequence()
		return nil
	})
	c.journal = j
	return err
}

// say keeps the first promise that was seen broken.
func (c *crowd) say(format string, arguments ...any) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.wrong == nil {
		c.wrong = fmt.Errorf(format, arguments...)
	}
}

// acknowledged gives the record that ends with or before a position in the log, and the state then.
func (c *crowd) acknowledged(at int) (r Record, sum uint32, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if at < 0 || at >= len(c.log) {
		return Record{}, 0, false
	}
	return c.log[at], c.sums[at], true
}

func (c *crowd) length() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.log)
}

// appends until the process ends or enough is written.
func (c *crowd) appends(groups int) {
	for range groups {
		before := len(c.log)
		s := c.simulation
		if err := c.appendGroup(s); err != nil {
			if errors.Is(err, errPromise) {
				c.say("%w", err)
			}
			return
		}
		if len(c.log) == before && c.disk.isFull() { // the volume gets its room back one day
			c.disk.setRoom(true)
		}
	}
}

// appendGroup is the simulation's append with the log under the mutex.
func (c *crowd) appendGroup(s *simulation) error {
	var g Group
	next, stamp := s.last+1, c.journal.LastStampNS()
	for range 1 + s.random.IntN(4) {
		content := make([]byte, s.random.IntN(120))
		for i := range content {
			content[i] = byte(s.random.Uint32())
		}
		stamp += 1 + int64(s.random.IntN(5))
		_ = g.Add(stamp, next, 1, nil, content)
		next++
	}
	if err := c.journal.Room(int64(g.Bytes())); Refusing(err) {
		return nil
	} else if err != nil {
		return err
	}
	s.inFlight = nil
	for r := range g.Records() {
		s.inFlight = append(s.inFlight, keep(r))
	}
	if err := c.journal.Append(&g); err != nil {
		if noRoom(err) && !c.disk.isGone() {
			return fmt.Errorf("%w: Room allowed a group for which there was none: %w", errPromise, err)
		}
		return err
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, r := range s.inFlight {
		s.acknowledge(r)
	}
	s.inFlight = nil
	return nil
}

// tidies makes snapshots, archives and deletes.
func (c *crowd) tidies(random *rand.Rand, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-c.journal.Tidy():
		case <-time.After(50 * time.Microsecond):
		}
		if n := c.length(); n > 0 && random.IntN(3) == 0 {
			if r, sum, ok := c.acknowledged(n - 1 - random.IntN(min(n, 5))); ok && r.LastSequence() >= c.journal.SnapshotSequence() {
				body := binary.LittleEndian.AppendUint64(nil, r.LastSequence())
				_ = c.journal.WriteSnapshot(r.LastSequence(), r.StampNS, binary.LittleEndian.AppendUint32(body, sum))
			}
		}
		_ = c.journal.Archive()
		_, _ = c.journal.DeleteArchived(time.Duration(1+random.IntN(50)), 0)
	}
}

// reads from a position on, confirms what it has read, and goes on, as a service does.
func (c *crowd) reads(random *rand.Rand, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		position := c.journal.Positions()["reader"]
		for r, err := range c.journal.Records(position) {
			if err != nil {
				if errors.Is(err, ErrDeleted) {
					c.say("what follows %d was deleted, and the reader had confirmed no more", position)
				} else if !c.disk.isGone() && !c.disk.faulty() {
					c.say("a reader gets an error after %d: %w", position, err)
				}
				break
			}
			if r.FirstSequence != position+1 {
				c.say("record %d was read after %d", r.FirstSequence, position)
				break
			}
			position = r.LastSequence()
			if random.IntN(4) == 0 {
				break
			}
		}
		_ = c.journal.Confirm("reader", position)
	}
}

// faulty is true once the disk's fault has happened.
func (d *simDisk) faulty() bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.happened
}

// live lets everything go on at once until the process ends, and ends it.
func (c *crowd) live(seed uint64, groups int) error {
	stop := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() { c.tidies(rand.New(rand.NewPCG(seed, 3)), stop) })
	others.Go(func() { c.reads(rand.New(rand.NewPCG(seed, 4)), stop) })
	c.appends(groups)
	close(stop)
	others.Wait()
	c.first = max(c.first, c.journal.FirstSequence())
	c.disk.end()
	c.journal.Close() // ends its goroutines; the process is gone, so it changes nothing
	return c.wrong
}

// TestNothingIsLostOrInventedAtAnyFaultWhileAllGoesOnAtOnce puts a fault somewhere into what an engine's goroutines do.
// JOURNAL_FAULT_SEEDS makes it longer, too.
func TestNothingIsLostOrInventedAtAnyFaultWhileAllGoesOnAtOnce(t *testing.T) {
	runs := 40
	if setting := os.Getenv("JOURNAL_FAULT_SEEDS"); setting != "" {
		seeds, err := strconv.Atoi(setting)
		if err != nil {
			t.Fatal(err)
		}
		runs = 5 * seeds
	}
	deletions := 0
	for seed := range uint64(runs) {
		c := &crowd{simulation: newSimulation(seed)}
		random := rand.New(rand.NewPCG(seed, 5))
		for life := range 4 {
			if err := c.open(); err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, life, err)
			}
			if err := c.check(); err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, life, err)
			}
			c.disk.mutex.Lock()
			c.disk.happened = false
			c.disk.faultAt, c.disk.fault = c.disk.operations+1+random.IntN(400), fault(1+random.IntN(4))
			c.disk.mutex.Unlock()
			err := c.live(seed*4+uint64(life), 25)
			if err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, life, err)
			}
			c.disk.restart(random.IntN(3) > 0)
			c.disk.setRoom(true)
			c.disk.faultAt, c.disk.happened = 0, false
		}
		if c.first > 1 {
			deletions++
		}
	}
	t.Logf("%d runs of 4 processes; in %d of them segments were deleted", runs, deletions)
	if deletions < runs/10 {
		t.Fatal("the test deletes too little to prove anything")
	}
}
