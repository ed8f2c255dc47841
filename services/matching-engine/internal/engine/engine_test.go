package engine

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

const wall = int64(1_800_000_000_000_000_000)

var testLimits = book.Limits{OpenOrders: 1000, OpenOrdersPerAccount: 1000, LevelsPerSide: 1000, Symbols: 10, TrailingStopsPerSymbol: 10,
	TradesPerOrder: 1000}

type fakeClock struct{ wall, monotonic atomic.Int64 }

func newFakeClock() *fakeClock {
	c := &fakeClock{}
	c.wall.Store(wall)
	return c
}

func (c *fakeClock) Wall() int64      { return c.wall.Load() }
func (c *fakeClock) Monotonic() int64 { return c.monotonic.Load() }

func (c *fakeClock) advance(by time.Duration) { c.monotonic.Add(int64(by)) }

// groups counts what the engine tells its observer.
type groups struct{ count, commands atomic.Int64 }

func (g *groups) Committed(t *Tally) {
	g.count.Add(1)
	g.commands.Add(int64(t.Commands))
}

// running is an engine on a folder, and the ends of what makes it.
type running struct {
	*Engine
	t        *testing.T
	journal  *journal.Journal
	groups   groups
	replayed int
	stop     func() error // and wait for the end; what Run said
}

// start makes an engine on a folder. It is stopped when the test ends, or before.
func start(t *testing.T, dir string, clock Clock, change ...func(*Options)) *running {
	t.Helper()
	return startOn(t, dir, clock, journal.Options{SegmentBytes: 1 << 20}, change...)
}

// startOn is start with a journal of other options.
func startOn(t *testing.T, dir string, clock Clock, on journal.Options, change ...func(*Options)) *running {
	t.Helper()
	r := &running{t: t}
	options := Options{
		Clock: clock, TickInterval: time.Hour, Observer: &r.groups, Limits: testLimits, MaxQueued: 32768, MaxRemembered: 1 << 20,
		MaxReads: 1024,
	}
	for _, c := range change {
		c(&options)
	}
	s := sequencer.New(book.Limits{})
	var err error
	on.Dir, on.Rules, on.NewLogID = dir, sequencer.RulesVersion, func() string { return "0af76519-16cd-43dd-8448-eb211c80319c" }
	r.journal, err = journal.Open(on, func(snapshot []byte) (err error) {
		s, err = sequencer.Restore(snapshot)
		return err
	}, func(record journal.Record) error {
		r.replayed++
		return s.Replay(event.Record(record))
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Engine, err = New(options, r.journal, s); err != nil {
		r.journal.Close()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Run() }()
	r.stop = sync.OnceValue(func() error {
		r.Stop()
		err := <-ended
		r.journal.Close()
		return err
	})
	t.Cleanup(func() { _ = r.stop() })
	return r
}

// submit is Submit of commands in a call of their own.
func (r *running) submit(commands ...command.Command) (*Call, error) {
	c := &Call{Commands: commands}
	return c, r.Submit(c)
}

func (r *running) must(commands ...command.Command) *Call {
	r.t.Helper()
	c, err := r.submit(commands...)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// look asks the decider something.
func look[T any](r *running, question func(s *sequencer.Sequencer) T) (answer T) {
	r.t.Helper()
	if err := r.Read(context.Background(), func(s *sequencer.Sequencer) { answer = question(s) }); err != nil {
		r.t.Fatal(err)
	}
	return answer
}

// hold keeps the decider busy until the function returned is called.
func (r *running) hold() func() {
	release, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = r.Read(context.Background(), func(*sequencer.Sequencer) { close(held); <-release })
	}()
	<-held
	return func() { close(release) }
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func arm(t *testing.T, setting string) {
	t.Helper()
	if err := failpoint.Arm(setting); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = failpoint.Arm("") })
}

func listX() command.Command {
	return command.Command{ID: book.ID{1}, Kind: command.ListSymbol, Symbol: []byte("X")}
}

func placeX(n byte, expires int64) command.Command {
	return command.Command{
		ID: book.ID{2, n}, Kind: command.Place, ExpiresAtNS: expires, Symbol: []byte("X"),
		ClientOrderID: []byte("c"), Terms: []byte(`{}`),
		Order: book.Order{
			ID: book.ID{3, n}, Account: book.ID{4}, Side: book.Buy, Type: book.Limit, TimeInForce: book.Day,
			LimitPriceTicks: 1, QuantityLots: 1,
		},
	}
}

func cancels(n int) []command.Command {
	commands := make([]command.Command, n)
	for i := range commands {
		commands[i] = command.Command{
			ID: book.ID{9, byte(i), byte(i >> 8)}, Kind: command.Cancel, Order: book.Order{ID: book.ID{1}, Account: book.ID{1}},
		}
	}
	return commands
}

func TestJournalTimeNeverGoesBackWhateverTheWallClockDoes(t *testing.T) {
	dir := t.TempDir()
	clock := newFakeClock()
	e := start(t, dir, clock)
	if got := e.Log().State().JournalTimeNS; got != wall+1 { // the limits, then the tick
		t.Fatalf("journal time starts at %d, want the wall clock's", got)
	}
	clock.wall.Store(0) // jumps; only the elapsed time counts now
	clock.advance(time.Second)
	if c := e.must(listX()); c.State.JournalTimeNS != wall+int64(time.Second) {
		t.Fatalf("%+v", c.State)
	}
	_ = e.stop()
	again := &fakeClock{} // the wall clock is at 1970 when the process starts again
	e = start(t, dir, again)
	if got, want := e.Log().State().JournalTimeNS, wall+int64(time.Second)+1; got != want {
		t.Fatalf("journal time goes on at %d, want %d", got, want)
	}
	again.advance(time.Second) // and it goes on from there as fast as time does
	c := e.must(placeX(1, wall+int64(10*time.Second)))
	if want := wall + int64(2*time.Second) + 1; c.State.JournalTimeNS != want {
		t.Fatalf("a second later journal time is %d, want %d", c.State.JournalTimeNS, want)
	}
}

func TestAWallClockThatIsFarAheadOfTheLogIsRefused(t *testing.T) {
	options := Options{Clock: newFakeClock(), MaxClockJump: time.Hour}
	for lastStampNS, refused := range map[int64]bool{
		wall - int64(time.Hour) - 1: true, wall - int64(time.Hour): false, wall + int64(2*time.Hour): false, 0: false, 1: true,
	} {
		if err := checkClock(&options, lastStampNS); (err != nil) != refused {
			t.Errorf("%d ns before the wall clock: %v", wall-lastStampNS, err)
		}
	}
	options.MaxClockJump = 0
	if err := checkClock(&options, 1); err != nil {
		t.Fatal("any jump was permitted:", err)
	}
	dir := t.TempDir()
	clock := newFakeClock()
	e := start(t, dir, clock)
	_ = e.stop()
	clock.wall.Add(int64(70 * 365 * 24 * time.Hour)) // 2099
	s := sequencer.New(book.Limits{})
	j, err := journal.Open(journal.Options{Dir: dir, Rules: sequencer.RulesVersion}, nil,
		func(r journal.Record) error { return s.Replay(event.Record(r)) })
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	last := j.LastSequence()
	if _, err := New(Options{Clock: clock, MaxClockJump: time.Hour, Observer: &groups{}, Limits: testLimits}, j, s); err == nil {
		t.Fatal("the clock should be refused")
	}
	if j.LastSequence() != last {
		t.Fatal("the log went on")
	}
}

// TestReadersAreBoundedWhileAnFsyncHangs: what they saw is held until it is durable, so they count until then.
func TestReadersAreBoundedWhileAnFsyncHangs(t *testing.T) {
	const most, readers = 20, 200
	disk := &volume{Disk: journal.OSDisk()}
	e := startOn(t, t.TempDir(), NewSystemClock(), journal.Options{Disk: disk, SegmentBytes: 1 << 20}, func(o *Options) { o.MaxReads = most })
	e.must(listX())
	release := disk.holdFsyncs()
	defer release()
	if err := e.Start(&Call{Commands: cancels(1), Answered: func(*Call) {}}); err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, readers)
	for range readers {
		go func() { answers <- e.Read(context.Background(), func(*sequencer.Sequencer) {}) }()
	}
	for range readers - most {
		if err := <-answers; !errors.Is(err, ErrOverloaded) {
			t.Fatal("a reader more is taken while an fsync hangs:", err)
		}
	}
	probed := make(chan error, 1)
	go func() { probed <- e.Probe(context.Background()) }()
	eventually(t, "readers must not keep the probe out", func() bool { return e.inbox.reads.Load() == most+1 })
	release()
	for range most {
		if err := <-answers; err != nil {
			t.Fatal(err)
		}
	}
	if err := <-probed; err != nil {
		t.Fatal(err)
	}
	eventually(t, "who was answered should count no more", func() bool { return e.inbox.reads.Load() == 0 })
}

// TestALargeGroupDoesNotKeepItsMemory: a session's end may be large; what it took must not stay taken.
func TestALargeGroupDoesNotKeepItsMemory(t *testing.T) {
	g := &group{}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	if err := g.records.Add(1, 1, 1, nil, make([]byte, 2*maxKeptBytes)); err != nil {
		t.Fatal(err)
	}
	g.reset()
	if kept := heap() - before; kept > maxKeptBytes {
		t.Fatalf("%d bytes stay", kept)
	}
	if g.records.Len() != 0 {
		t.Fatal("it should be empty")
	}
	runtime.KeepAlive(g)
}

func TestAPlaceCommandMayNotWaitLongerThanTheCap(t *testing.T) {
	clock := newFakeClock()
	e := start(t, t.TempDir(), clock)
	e.must(listX())
	release := e.hold()
	answered := make(chan *Call, 1)
	go func() { answered <- e.must(placeX(1, clock.Wall()+int64(50*time.Second))) }()
	eventually(t, "the call should wait", func() bool { return e.QueuedCommands() == 1 })
	clock.advance(31 * time.Second)
	release()
	if c := <-answered; c.Decisions[0].Refused != sequencer.RefusedExpired {
		t.Fatalf("%+v", c.Decisions)
	}
}

// TestNothingIsVisibleBeforeItsFsync holds a group between its write and its fsync and looks.
func TestNothingIsVisibleBeforeItsFsync(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock())
	before := e.Log().State()
	arm(t, "before_fsync=delay:300")
	submitted := make(chan error, 1)
	go func() {
		_, err := e.submit(listX())
		submitted <- err
	}()
	eventually(t, "the group should be written", func() bool { return failpoint.Hits(failpoint.BeforeFsync) == 1 })
	seen, told := make(chan int, 1), make(chan error, 1)
	go func() {
		told <- e.Read(context.Background(), func(s *sequencer.Sequencer) { seen <- s.Books().Symbols() })
	}()
	if symbols := <-seen; symbols != 1 {
		t.Fatal("the decider should go on while a group is being made durable, and see it")
	}
	page, err := e.Log().Read(before.LastSequence, 10, 1<<20)
	if e.Log().State() != before || err != nil || len(page.Ends) != 0 {
		t.Fatal("a reader saw the group before its fsync")
	}
	select {
	case <-submitted:
		t.Fatal("the call was answered before the fsync")
	case <-told:
		t.Fatal("who looked at a book was told before the fsync")
	default:
	}
	if err := errors.Join(<-submitted, <-told); err != nil || e.Log().State().Symbols != 1 {
		t.Fatal("the group should be visible after its fsync", err)
	}
}

// TestAGroupFormsWhileTheOneBeforeIsMadeDurable: what comes during an fsync shares the next one.
func TestAGroupFormsWhileTheOneBeforeIsMadeDurable(t *testing.T) {
	disk := &volume{Disk: journal.OSDisk()}
	e := startOn(t, t.TempDir(), NewSystemClock(), journal.Options{Disk: disk, SegmentBytes: 1 << 20})
	commands := cancels(21)
	answered := make(chan *Call, len(commands))
	begin := func(i int) {
		commands[i].Order.ID = book.ID{7}
		if err := e.Start(&Call{Commands: commands[i : i+1], Answered: func(c *Call) { answered <- c }}); err != nil {
			t.Fatal(err)
		}
	}
	arm(t, "before_fsync=delay:1") // counts them
	before := e.groups.count.Load()
	release := disk.holdFsyncs()
	defer release()
	begin(0)
	eventually(t, "the first group should be written", func() bool { return failpoint.Hits(failpoint.BeforeFsync) == 1 })
	for i := 1; i < len(commands); i++ {
		begin(i)
	}
	eventually(t, "the others should be decided", func() bool { return e.QueuedCommands() == 0 })
	release()
	for range commands {
		<-answered
	}
	if groups := e.groups.count.Load() - before; groups != 2 {
		t.Fatalf("20 calls that came during one fsync went into %d groups", groups-1)
	}
}

func TestAFullQueueRefusesAndASlotComesBack(t *testing.T) {
	const most = 4 * command.MaxCommandsPerCall
	e := start(t, t.TempDir(), NewSystemClock(), func(o *Options) { o.MaxQueued = most })
	first := e.Log().State().LastSequence
	release := e.hold()
	var waiting sync.WaitGroup
	for range most / command.MaxCommandsPerCall {
		waiting.Go(func() { e.must(cancels(command.MaxCommandsPerCall)...) })
	}
	eventually(t, "the queue should be full", func() bool { return e.QueuedCommands() == most })
	if _, err := e.submit(listX()); !errors.Is(err, ErrOverloaded) {
		t.Fatal("a call beyond the queue's limit:", err)
	}
	release()
	waiting.Wait()
	e.must(listX())
	if got, want := e.Log().State().LastSequence, first+command.MaxCommandsPerCall+1; got != want {
		t.Fatalf("the log ends at %d, want %d: repeats must not be journalled", got, want)
	}
}

func TestAStopFinishesWhatIsQueuedAndRefusesWhatComesAfter(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock())
	release, answered := e.hold(), make(chan error, 1)
	go func() {
		_, err := e.submit(listX())
		answered <- err
	}()
	eventually(t, "the call should wait", func() bool { return e.QueuedCommands() == 1 })
	e.Stop()
	if _, err := e.submit(listX()); !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
	if err := e.Read(context.Background(), func(*sequencer.Sequencer) {}); !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
	release()
	if err := <-answered; err != nil {
		t.Fatal("a queued call was not finished:", err)
	}
	if err := e.stop(); err != nil {
		t.Fatal(err)
	}
}

func TestAfterAFailedFsyncNobodyIsAnsweredAndTheEngineEnds(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock())
	before := e.Log().State()
	arm(t, "fsync=error")
	told := false
	if err := e.Start(&Call{Commands: cancels(1), Answered: func(*Call) { told = true }}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.submit(listX()); !errors.Is(err, ErrOutcomeUnknown) && !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
	<-e.Failed()
	if err := e.stop(); !errors.Is(err, failpoint.Err) {
		t.Fatal("Run should say why it ended:", err)
	}
	if told || e.Log().State() != before {
		t.Fatal("what was not made durable is visible")
	}
	if _, err := e.submit(listX()); !errors.Is(err, ErrStopping) {
		t.Fatal(err)
	}
}

func TestWithoutRoomCommandsAreRefusedAndReadsGoOn(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock(), func(o *Options) { o.TickInterval = time.Millisecond })
	e.must(listX())
	arm(t, "no_room=error")
	eventually(t, "the room should be asked for", func() bool { return errors.Is(e.Room(), journal.ErrFull) })
	before := look(e, (*sequencer.Sequencer).LastSequence)
	if _, err := e.submit(placeX(1, wall)); !errors.Is(err, journal.ErrFull) {
		t.Fatal(err)
	}
	if after := look(e, (*sequencer.Sequencer).LastSequence); after != before {
		t.Fatal("without room journal time must stand still, too")
	}
	if err := failpoint.Arm(""); err != nil {
		t.Fatal(err)
	}
	e.must(cancels(1)...)
	if e.Room() != nil {
		t.Fatal("there is room again")
	}
}

func TestIdsBeyondTheMemoryAreRefused(t *testing.T) {
	clock := newFakeClock()
	e := start(t, t.TempDir(), clock, func(o *Options) { o.MaxRemembered, o.TickInterval = 10, 5*time.Millisecond })
	e.must(cancels(8)...)
	if _, err := e.submit(cancels(12)[8:]...); !errors.Is(err, ErrOverloaded) {
		t.Fatal(err)
	}
	e.must(cancels(10)[8:]...)
	clock.advance(2 * time.Minute) // all of them are forgotten
	eventually(t, "the memory should be free again", func() bool {
		_, err := e.submit(cancels(9)...)
		return err == nil
	})
}

func TestOtherLimitsAreJournalledOnceAtTheStart(t *testing.T) {
	dir := t.TempDir()
	kinds := func(e *running) (changed int) {
		page, err := e.Log().Read(0, 100, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for text := range page.Events() {
			if kindOf(t, text) == "limits_changed" {
				changed++
			}
		}
		return changed
	}
	for run, want := range []int{1, 1, 2} {
		e := start(t, dir, NewSystemClock(), func(o *Options) {
			if run == 2 {
				o.Limits.Symbols++
			}
		})
		if got := kinds(e); got != want {
			t.Fatalf("start %d: the limits were journalled %d times, want %d", run, got, want)
		}
		if look(e, (*sequencer.Sequencer).Limits).Symbols != testLimits.Symbols+int64(run/2) {
			t.Fatal("the limits do not hold")
		}
		_ = e.stop()
	}
}

func TestAStartFromTheLastSnapshotReplaysNothing(t *testing.T) {
	dir := t.TempDir()
	e := start(t, dir, NewSystemClock())
	c := e.must(listX(), placeX(1, e.Log().State().JournalTimeNS+int64(20*time.Second)))
	if c.Decisions[1].Refused != "" {
		t.Fatal(c.Decisions[1].Refused)
	}
	e.Stop()
	<-e.ended
	if err := e.WriteSnapshot(); err != nil {
		t.Fatal(err)
	}
	_ = e.stop()
	e = start(t, dir, NewSystemClock())
	if open := look(e, func(s *sequencer.Sequencer) int { return s.Books().Open() }); e.replayed != 0 || open != 1 {
		t.Fatalf("%d records were replayed, %d orders are open", e.replayed, open)
	}
}

func TestAnOrderExpiresBeforeTheFirstCommandAtItsMoment(t *testing.T) {
	clock := newFakeClock()
	e := start(t, t.TempDir(), clock)
	order := placeX(1, wall)
	order.ExpiresAtNS = wall + int64(30*time.Second)
	order.Order.TimeInForce, order.Order.ExpireAtNS = book.GoodTillDate, wall+int64(5*time.Second)
	before := e.must(listX(), order).State.LastSequence
	clock.advance(5 * time.Second)
	c := e.must(cancels(1)...)
	page, err := e.Log().Read(before, 10, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for text := range page.Events() {
		kinds = append(kinds, kindOf(t, text))
	}
	if want := []string{"order_expired", "tick", "cancel_rejected"}; !slices.Equal(kinds, want) || c.Decisions[0].First != before+3 {
		t.Fatalf("%v, want %v", kinds, want)
	}
}

func TestASilentLogIsTicked(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock(), func(o *Options) { o.TickInterval = 5 * time.Millisecond })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := e.Log().Wait(ctx, e.Log().State().LastSequence+3); err != nil {
		t.Fatal(err)
	}
}

// TestJournalTimeGoesOnUnderCallsThatOnlyRepeat: what is not journalled makes no time.
func TestJournalTimeGoesOnUnderCallsThatOnlyRepeat(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock(), func(o *Options) { o.TickInterval = 5 * time.Millisecond })
	done := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					e.must(cancels(1)...)
				}
			}
		})
	}
	before := e.Log().State().LastSequence
	eventually(t, "the log should be ticked", func() bool { return e.Log().State().LastSequence > before+5 })
	close(done)
	clients.Wait()
}

// TestOrdersOfACallShareWhatAGroupAllocates: orders, and cancellations of them, allocate nothing of their own.
func TestOrdersOfACallShareWhatAGroupAllocates(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock(), func(o *Options) { o.MaxRemembered = 1 << 22 })
	e.must(listX())
	call := &Call{Commands: cancels(command.MaxCommandsPerCall)}
	for i := 0; i < len(call.Commands); i += 2 {
		call.Commands[i] = placeX(0, e.Log().State().JournalTimeNS+int64(20*time.Second))
	}
	commands, n := call.Commands, uint32(0)
	submit := func() {
		call.Commands = commands
		for i := 0; i < len(commands); i += 2 {
			n++
			place, cancel := &commands[i], &commands[i+1]
			binary.LittleEndian.PutUint32(place.ID[4:], n)
			binary.LittleEndian.PutUint32(place.Order.ID[4:], n)
			binary.LittleEndian.PutUint32(cancel.ID[4:], n)
			cancel.Order.ID, cancel.Order.Account = place.Order.ID, place.Order.Account
		}
		if err := e.Submit(call); err != nil || call.Decisions[0].Refused != "" {
			t.Fatal(err, call.Decisions[0])
		}
	}
	for range 50 { // until tables and buffers have their size
		submit()
	}
	if allocations := testing.AllocsPerRun(20, submit); allocations > 20 {
		t.Fatalf("%.0f allocations for a call of %d commands", allocations, len(commands))
	}
	if open := look(e, func(s *sequencer.Sequencer) int { return s.Books().Open() }); open != 0 {
		t.Fatalf("%d orders are open", open)
	}
}

func kindOf(t *testing.T, text []byte) string {
	t.Helper()
	var e struct{ Kind string }
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e.Kind
}
