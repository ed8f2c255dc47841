package checkpoint

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"daytrading/matching-engine/internal/journal"
)

// fold is a state that knows every byte that was replayed onto it.
type fold struct {
	sequence uint64
	sum      uint32
}

func (f *fold) Replay(r journal.Record) error {
	if r.FirstSequence != f.sequence+1 {
		return fmt.Errorf("sequence %d after %d", r.FirstSequence, f.sequence)
	}
	if bytes.Contains(r.Command, []byte("contradiction")) {
		return errors.New("other events than were told")
	}
	f.sequence = r.LastSequence()
	f.sum = crc32.Update(crc32.Update(f.sum, crc32.IEEETable, r.Command), crc32.IEEETable, r.Events)
	return nil
}

func (f *fold) Finish() error { return nil }

func (f *fold) AppendSnapshot(to []byte) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(to, f.sequence), f.sum)
}

func restoreFold(snapshot []byte) (State, error) {
	if len(snapshot) == 0 {
		return &fold{}, nil
	}
	return &fold{binary.LittleEndian.Uint64(snapshot), binary.LittleEndian.Uint32(snapshot[8:])}, nil
}

// bench is a journal with its writer's state.
type bench struct {
	t       *testing.T
	options journal.Options
	journal *journal.Journal
	state   *fold
	log     bytes.Buffer
}

func newBench(t *testing.T, archive string) *bench {
	dir := t.TempDir()
	b := &bench{t: t, options: journal.Options{
		Dir: dir, ArchiveDir: archive, Rules: 2, SegmentBytes: 4096,
		NewLogID: func() string { return "0af76519-16cd-43dd-8448-eb211c80319c" },
		Log:      slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
	b.open()
	t.Cleanup(func() { b.journal.Close() })
	return b
}

func (b *bench) open() {
	b.t.Helper()
	b.state = &fold{}
	j, err := journal.Open(b.options, func(snapshot []byte) error {
		state, err := restoreFold(snapshot)
		b.state = state.(*fold)
		return err
	}, func(r journal.Record) error { return b.state.Replay(r) })
	if err != nil {
		b.t.Fatal(err)
	}
	b.journal = j
}

// write appends records a second of journal time apart.
func (b *bench) write(records int, command string) {
	b.t.Helper()
	for range records {
		var g journal.Group
		next := b.journal.LastSequence() + 1
		g.Add(int64(next)*int64(time.Second), next, 1, []byte(command), bytes.Repeat([]byte{byte(next)}, 200))
		for r := range g.Records() {
			if strings.Contains(command, "contradiction") {
				b.state.sequence++
			} else if err := b.state.Replay(r); err != nil {
				b.t.Fatal(err)
			}
		}
		if err := b.journal.Append(&g); err != nil {
			b.t.Fatal(err)
		}
	}
}

// until runs a checkpointer until a condition holds.
func (b *bench) until(o Options, condition func() bool) {
	b.t.Helper()
	o.Journal, o.Log = b.journal, slog.New(slog.NewTextHandler(&b.log, nil))
	if o.Restore == nil {
		o.Restore = restoreFold
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Unix(0, 0) } // journal time alone
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		New(o).Run(ctx)
	}()
	for !condition() {
		select {
		case <-done:
			b.t.Fatal("it took too long")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	<-done
}

func count(t *testing.T, dir, suffix string) int {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	return len(paths)
}

func TestASnapshotIsMadeBesideTheWriterAndTheStartGoesOnFromIt(t *testing.T) {
	b := newBench(t, "")
	b.write(200, "c")
	sealed, uncovered, _ := b.journal.Sealed()
	if uncovered < 150 || sealed != uint64(uncovered) {
		t.Fatal(sealed, uncovered)
	}
	archive := filepath.Join(b.options.Dir, "archive", b.journal.LogID())
	b.until(Options{EveryCommands: 100}, func() bool {
		return b.journal.SnapshotSequence() == sealed && b.journal.Stats().Segments == 1
	})
	if count(t, archive, ".journal") < 10 || count(t, b.options.Dir, ".journal") != 1 {
		t.Fatal("the covered segments are not in the archive")
	}
	want := *b.state
	b.journal.Close()
	b.open()
	if *b.state != want {
		t.Fatalf("%+v, want %+v", b.state, want)
	}
	n := uint64(0)
	for r, err := range b.journal.Records(0) { // archived ones are read, too
		if n++; err != nil || r.FirstSequence != n {
			t.Fatal(r.FirstSequence, err)
		}
	}
	if n != 200 {
		t.Fatal(n)
	}
}

func TestTooFewCommandsAreNoReasonForASnapshot(t *testing.T) {
	b := newBench(t, "")
	b.write(100, "c")
	_, uncovered, _ := b.journal.Sealed()
	enough := uncovered + 40 // more than one segment holds
	b.until(Options{EveryCommands: enough}, func() bool {
		if b.journal.LastSequence() < 1000 {
			b.write(1, "c")
		}
		return b.journal.Stats().SnapshotSequence > 0
	})
	if s := b.journal.Stats().SnapshotSequence; s < uint64(enough) {
		t.Fatalf("a snapshot of %d commands, where %d are wanted", s, enough)
	}
}

func TestSegmentsAreCopiedToAnArchiveOnAnotherVolume(t *testing.T) {
	const memory = "/dev/shm"
	if here, there := volume(t, t.TempDir()), volume(t, memory); here == there {
		t.Skip("this machine has no second volume to write to")
	}
	archive, err := os.MkdirTemp(memory, "archive")
	if err != nil {
		t.Skip("this machine's second volume cannot be written to:", err)
	}
	defer os.RemoveAll(archive)
	b := newBench(t, archive)
	b.write(100, "c")
	b.until(Options{}, func() bool { return b.journal.Stats().Segments == 1 })
	if count(t, filepath.Join(archive, b.journal.LogID()), ".journal") < 4 || count(t, b.options.Dir, ".journal") != 1 {
		t.Fatal("the segments are not on the other volume alone")
	}
	b.journal.Close()
	b.open()
	for _, err := range b.journal.Records(0) {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestArchivedSegmentsStayAsLongAsSomebodyNeedsThem tries each reason to keep them alone.
func TestArchivedSegmentsStayAsLongAsSomebodyNeedsThem(t *testing.T) {
	b := newBench(t, "")
	b.write(200, "c")
	snapshot := func() {
		t.Helper()
		sealed, _, _ := b.journal.Sealed()
		b.until(Options{}, func() bool { return b.journal.Stats().SnapshotSequence == sealed })
	}
	first := func(retention time.Duration) uint64 {
		t.Helper()
		if err := b.journal.Archive(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.journal.DeleteArchived(retention, 0); err != nil {
			t.Fatal(err)
		}
		return b.journal.FirstSequence()
	}
	snapshot()
	if got := first(time.Nanosecond); got != 1 {
		t.Fatal("deleted with one snapshot only:", got)
	}
	older := b.journal.Stats().SnapshotSequence
	b.write(200, "c")
	snapshot()
	if err := b.journal.Confirm("settler", 90); err != nil {
		t.Fatal(err)
	}
	if got := first(0); got != 1 {
		t.Fatal("deleted although retention is for ever:", got)
	}
	if got := first(time.Duration(b.journal.LastSequence()-40) * time.Second); got < 20 || got > 41 {
		t.Fatal("the retention ends at sequence 40, and the log begins with", got)
	}
	if got := first(time.Nanosecond); got < 70 || got > 91 {
		t.Fatal("a reader needs what follows 90, and the log begins with", got)
	}
	b.journal.Forget("settler")
	if got := first(time.Nanosecond); got != older+1 {
		t.Fatalf("the second-newest snapshot is %d, and the log begins with %d", older, got)
	}
	for _, err := range b.journal.Records(older - 1) {
		if !errors.Is(err, journal.ErrDeleted) {
			t.Fatal(err)
		}
	}
	b.journal.Close()
	b.open()
	if b.journal.FirstSequence() != older+1 || b.state.sequence != 400 {
		t.Fatal(b.journal.FirstSequence(), b.state.sequence)
	}
}

// TestAContradictionIsMarkedAndTheRestIsStillPutAway: what an older snapshot covers does not fill the volume.
func TestAContradictionIsMarkedAndTheRestIsStillPutAway(t *testing.T) {
	b := newBench(t, "")
	b.write(100, "c")
	sealed, _, _ := b.journal.Sealed()
	covered := sealed - 50
	state := fold{}
	for r := range b.journal.Records(0) {
		if err := state.Replay(r); err != nil || r.LastSequence() == covered {
			break
		}
	}
	b.write(1, "contradiction")
	b.write(100, "c")
	var told []error
	said := make(chan struct{})
	b.until(Options{OnUnreplayable: func(err error) {
		told = append(told, err)
		close(said)
	}}, func() bool {
		select {
		case <-said:
		default:
			return false
		}
		if b.journal.SnapshotSequence() == 0 { // as the writer's own
			if err := b.journal.WriteSnapshot(covered, int64(covered)*int64(time.Second), state.AppendSnapshot(nil)); err != nil {
				t.Fatal(err)
			}
			if err := b.journal.Confirm("reader", 1); err != nil { // wakes it
				t.Fatal(err)
			}
		}
		return b.journal.Stats().ArchivedSegments > 0
	})
	if len(told) != 1 || !strings.Contains(told[0].Error(), "sequence 101: other events") {
		t.Fatal(told)
	}
	if s := b.journal.SnapshotSequence(); s != covered {
		t.Fatal("a snapshot was made of a contradiction:", s)
	}
	b.journal.Close()
	reopened, err := journal.Open(b.options, func([]byte) error { return nil }, func(journal.Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	b.journal = reopened
	if reason := reopened.Unreplayable(); !strings.Contains(reason, "other events") {
		t.Fatalf("the next process does not know: %q", reason)
	}
}

// TestAnErrorThatPassesIsTriedAgainAndABadSnapshotPassedOver: neither says that the journal does not replay.
func TestAnErrorThatPassesIsTriedAgainAndABadSnapshotPassedOver(t *testing.T) {
	b := newBench(t, "")
	b.write(60, "c")
	first, _, _ := b.journal.Sealed()
	b.until(Options{}, func() bool { return b.journal.SnapshotSequence() == first })
	b.write(60, "c")
	second, _, _ := b.journal.Sealed()
	if err := b.journal.WriteSnapshot(second, b.journal.LastStampNS(), []byte("whole, and nothing that is restored")); err != nil {
		t.Fatal(err)
	}
	b.write(60, "c")
	sealed, _, _ := b.journal.Sealed()
	b.until(Options{OnUnreplayable: func(err error) { t.Error("said to be unreplayable:", err) }, Restore: func(snapshot []byte) (State, error) {
		if len(snapshot) > 12 {
			return nil, errors.New("not a state")
		}
		return restoreFold(snapshot)
	}}, func() bool { return b.journal.SnapshotSequence() == sealed })

	c := New(Options{Journal: b.journal, Log: slog.New(slog.DiscardHandler), OnUnreplayable: func(err error) { t.Error(err) }})
	c.failed(sealed, fmt.Errorf("open a segment: %w", syscall.EMFILE))
	if c.unreplayable || c.notBefore.IsZero() {
		t.Fatal("too many open files end the snapshots for ever")
	}
}

// TestWhatAReaderHeldIsDeletedWhenItConfirms without a segment being sealed, and by the time that passes when nothing
// can be written: a full volume gets its room back.
func TestWhatAReaderHeldIsDeletedWhenItConfirms(t *testing.T) {
	b := newBench(t, "")
	b.options.Readers = []string{"settler"}
	b.journal.Close()
	b.open()
	for range 3 {
		b.write(60, "c")
		sealed, _, _ := b.journal.Sealed()
		b.until(Options{}, func() bool { return b.journal.SnapshotSequence() == sealed })
	}
	retention := 1000 * time.Second // longer than the journal's own time
	late := func() time.Time { return time.Unix(5000, 0) }
	confirmed := false
	b.until(Options{Retention: retention, Now: late}, func() bool {
		if !confirmed && b.journal.Stats().ArchivedSegments > 5 && b.journal.FirstSequence() == 1 {
			confirmed = true
			if err := b.journal.Confirm("settler.money", b.journal.LastSequence()); err != nil {
				t.Fatal(err)
			}
		}
		return b.journal.FirstSequence() > 60
	})
	if !confirmed {
		t.Fatal("deleted before the reader that is named had confirmed anything")
	}
}
