package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

type fakeClock struct{ wall, monotonic atomic.Int64 }

func (c *fakeClock) Wall() int64      { return c.wall.Load() }
func (c *fakeClock) Monotonic() int64 { return c.monotonic.Load() }

func (c *fakeClock) advance(by time.Duration) { c.monotonic.Add(int64(by)) }

type silent struct{}

func (silent) Decided(sequencer.Kind, *sequencer.Decision) {}
func (silent) Group(int)                                   {}

// start makes an engine on a folder. It is stopped when the test ends, or before by the function returned.
func start(t *testing.T, dir string, clock Clock) (*Engine, func()) {
	t.Helper()
	s := sequencer.New()
	j, err := journal.Open(journal.Options{
		Dir: dir, Rules: sequencer.RulesVersion, SegmentBytes: 1 << 20, NewLogID: func() string { return "0af76519-16cd-43dd-8448-eb211c80319c" },
	}, func(e journal.Entry) error { return s.Replay(e.Command, e.StampNS, e.FirstSequence, e.Events) })
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(Options{Clock: clock, TickInterval: time.Hour, Observer: silent{}}, j, s)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = e.Run()
		close(ended)
	}()
	stop := sync.OnceFunc(func() {
		e.Stop()
		<-ended
		j.Close()
	})
	t.Cleanup(stop)
	return e, stop
}

func listX() []sequencer.Command {
	return []sequencer.Command{{ID: book.ID{1}, Kind: sequencer.ListSymbol, Symbol: "X"}}
}

func placeX(n byte, expires int64) []sequencer.Command {
	return []sequencer.Command{{
		ID: book.ID{2, n}, Kind: sequencer.Place, ExpiresAtNS: expires, OrderID: book.ID{3, n}, AccountID: book.ID{4},
		Symbol: "X", ClientOrderID: "c", Side: book.Buy, Type: book.Limit, TimeInForce: book.Day, LimitTicks: 1, QuantityLots: 1,
		Terms: []byte(`{}`),
	}}
}

func TestJournalTimeNeverGoesBackWhateverTheWallClockDoes(t *testing.T) {
	dir := t.TempDir()
	const start1 = int64(1_800_000_000_000_000_000)
	clock := &fakeClock{}
	clock.wall.Store(start1)
	e, stop := start(t, dir, clock)
	if got := e.Log().State().JournalTimeNS; got != start1 {
		t.Fatalf("journal time starts at %d, want the wall clock's", got)
	}
	clock.wall.Store(0) // jumps; only the elapsed time counts now
	clock.advance(time.Second)
	if _, state, err := e.Submit(listX()); err != nil || state.JournalTimeNS != start1+int64(time.Second) {
		t.Fatalf("%+v, %v", state, err)
	}
	stop()
	again := &fakeClock{} // the wall clock is at 1970 when the process starts again
	e, _ = start(t, dir, again)
	if got, want := e.Log().State().JournalTimeNS, start1+int64(time.Second)+1; got != want {
		t.Fatalf("journal time goes on at %d, want %d", got, want)
	}
	again.advance(time.Second) // and it goes on from there as fast as time does
	_, state, err := e.Submit(placeX(1, start1+int64(10*time.Second)))
	if want := start1 + int64(2*time.Second) + 1; err != nil || state.JournalTimeNS != want {
		t.Fatalf("a second later journal time is %d, want %d: %v", state.JournalTimeNS, want, err)
	}
}

func TestAPlaceCommandMayNotWaitLongerThanTheCap(t *testing.T) {
	clock := &fakeClock{}
	clock.wall.Store(1_800_000_000_000_000_000)
	e, _ := start(t, t.TempDir(), clock)
	if _, _, err := e.Submit(listX()); err != nil {
		t.Fatal(err)
	}
	release := hold(e)
	answered := make(chan string, 1)
	go func() {
		d, _, err := e.Submit(placeX(1, clock.Wall()+int64(50*time.Second)))
		answered <- fmt.Sprint(d[0].Refused, err)
	}()
	for len(e.calls) == 0 { // until the call waits
		time.Sleep(time.Millisecond)
	}
	clock.advance(31 * time.Second)
	release()
	if got := <-answered; got != sequencer.RefusedExpired+"<nil>" {
		t.Fatal(got)
	}
}

// hold keeps the writer busy until the function returned is called.
func hold(e *Engine) func() {
	release, held := make(chan struct{}), make(chan struct{})
	go func() { _ = e.Read(func(*sequencer.Sequencer) { close(held); <-release }) }()
	<-held
	return func() { close(release) }
}

// TestNothingIsVisibleBeforeItsFsync holds a group between its write and its fsync and looks.
func TestNothingIsVisibleBeforeItsFsync(t *testing.T) {
	dir := t.TempDir()
	e, _ := start(t, dir, NewSystemClock())
	before := e.Log().State()
	if err := failpoint.Arm("before_fsync=delay:1000"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = failpoint.Arm("") }()
	size := journalBytes(t, dir)
	submitted := make(chan error, 1)
	go func() {
		_, _, err := e.Submit(listX())
		submitted <- err
	}()
	for journalBytes(t, dir) == size {
		time.Sleep(time.Millisecond)
	}
	seen := make(chan int, 1) // the writer must not wait for a test that failed
	go func() {               // asked during the fsync, answered after it
		_ = e.Read(func(s *sequencer.Sequencer) { seen <- s.Symbols() })
	}()
	page, err := e.Log().Read(before.LastSequence, 10, 1<<20)
	if e.Log().State() != before || err != nil || len(page.Events) != 0 {
		t.Fatal("a reader saw the group before its fsync")
	}
	select {
	case <-submitted:
		t.Fatal("the call was answered before the fsync")
	case <-seen:
		t.Fatal("a book was looked at before the fsync")
	default:
	}
	if err := <-submitted; err != nil || <-seen != 1 || e.Log().State().Symbols != 1 {
		t.Fatal("the group should be visible after its fsync", err)
	}
}

func journalBytes(t *testing.T, dir string) (sum int64) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "*.journal"))
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	return sum
}

func TestAFullQueueRefusesAndASlotComesBack(t *testing.T) {
	e, _ := start(t, t.TempDir(), NewSystemClock())
	release := hold(e)
	call := make([]sequencer.Command, sequencer.MaxCommandsPerCall)
	for i := range call {
		call[i] = sequencer.Command{ID: book.ID{9, byte(i), byte(i >> 8)}, Kind: sequencer.Cancel, OrderID: book.ID{1}}
	}
	var waiting sync.WaitGroup
	for range maxQueuedCommands / len(call) {
		waiting.Go(func() {
			if _, _, err := e.Submit(slices.Clone(call)); err != nil {
				t.Error(err)
			}
		})
	}
	for e.QueuedCommands() < maxQueuedCommands {
		time.Sleep(time.Millisecond)
	}
	if _, _, err := e.Submit(listX()); !errors.Is(err, ErrOverloaded) {
		t.Fatal("a call beyond the queue's limit:", err)
	}
	release()
	waiting.Wait()
	if _, _, err := e.Submit(listX()); err != nil {
		t.Fatal(err)
	}
	if got, want := e.Log().State().LastSequence, uint64(1+sequencer.MaxCommandsPerCall+1); got != want {
		t.Fatalf("the log ends at %d, want %d: repeats must not be journalled", got, want)
	}
}

func TestAStopFinishesWhatIsQueuedAndRefusesWhatComesAfter(t *testing.T) {
	e, stop := start(t, t.TempDir(), NewSystemClock())
	release, answered := hold(e), make(chan error, 1)
	go func() {
		_, _, err := e.Submit(listX())
		answered <- err
	}()
	for len(e.calls) == 0 {
		time.Sleep(time.Millisecond)
	}
	e.Stop()
	if _, _, err := e.Submit(listX()); !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
	release()
	if err := <-answered; err != nil {
		t.Fatal("a queued call was not finished:", err)
	}
	stop()
}

func TestAfterAFailedFsyncTheOutcomeIsUnknownAndTheEngineEnds(t *testing.T) {
	e, _ := start(t, t.TempDir(), NewSystemClock())
	before := e.Log().State()
	if err := failpoint.Arm("fsync=error"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = failpoint.Arm("") }()
	if _, _, err := e.Submit(listX()); !errors.Is(err, ErrOutcomeUnknown) {
		t.Fatal(err)
	}
	<-e.done
	if e.Log().State() != before {
		t.Fatal("what was not made durable is visible")
	}
	if _, _, err := e.Submit(listX()); !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
}
