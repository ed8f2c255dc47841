package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

const (
	maxGroupCommands = 8192    // a group may exceed this by one call
	maxGroupBytes    = 4 << 20 // and this by what one call causes, see bound.go
	maxKeptBytes     = 16 << 20
	maxReads         = 1024 // that are not answered yet
	maxProbes        = 16   // beside these
	window           = 16   // commands whose memory is looked up ahead together
	snapshotBytes    = 80   // more than an order or a command id takes in a snapshot, as a rule

	// maxExpiryAhead caps how long a place command may wait for its stamp, whatever it says itself.
	maxExpiryAhead = int64(30 * time.Second)
)

// Errors of Start, Submit and Read.
var (
	// ErrOverloaded: nothing of the call was journalled, nor will be.
	ErrOverloaded = errors.New("the matching engine has more waiting than it can take")
	// ErrStopping: as ErrOverloaded, since the engine is shutting down.
	ErrStopping = errors.New("the matching engine is shutting down")
	// ErrOutcomeUnknown: the log decides what became of the call.
	ErrOutcomeUnknown = errors.New("the matching engine stopped before the outcome was known")
)

// Observer hears what every group held, for metrics. It is called by the committer and must be quick.
type Observer interface {
	Committed(t *Tally)
}

// Options of an engine.
type Options struct {
	Clock         Clock
	TickInterval  time.Duration // a silent log is ticked after this
	Observer      Observer
	Limits        book.Limits // journalled at the start when the log has others
	MaxQueued     int64       // commands that may wait; beyond: ErrOverloaded
	MaxRemembered int64       // command ids in memory; beyond: ErrOverloaded
	MaxReads      int64       // looks at the books that are not answered yet; beyond: ErrOverloaded
	// MaxClockJump is how far ahead of the log the wall clock may be at a start; 0: any distance. Journal time never
	// goes back, so a clock that is wrong once would expire orders for ever.
	MaxClockJump time.Duration
}

// Engine is the writer. Start, Submit, Read, Room and Log are safe for concurrent use.
type Engine struct {
	options   Options
	journal   *journal.Journal
	sequencer *sequencer.Sequencer // the decider's, once Run was called
	time      *journalTime
	log       *eventlog.Log
	inbox     *inbox

	begun   bool         // what a start journals is in the log; the decider's
	refused atomic.Int64 // how much room the call needed that was last refused for it; 0: there was room since

	// committing is the size of the group that was handed to the committer and is not on disk. The committer may
	// subtract before the decider has added: only the decider looks, after that.
	committing atomic.Int64

	groups chan *group // from the decider to the committer, which is free exactly when it receives
	free   chan *group
	failed chan struct{} // closed when a write failed: nobody in flight will be answered
	ended  chan struct{} // closed when Run returns
}

// New makes an engine that continues where the journal ends. The sequencer holds the recovered state. The limits are
// journalled if they changed, then a tick: the log shows each start, and no time that a caller is told is ahead of the
// disk. Where there is no room for that the engine starts nevertheless, for who reads; it is done before the first call
// is decided, when there is room.
func New(options Options, j *journal.Journal, s *sequencer.Sequencer) (*Engine, error) {
	if err := checkClock(&options, s.LastStampNS()); err != nil {
		return nil, err
	}
	e := &Engine{
		options: options, journal: j, sequencer: s, time: newJournalTime(options.Clock, s.LastStampNS()),
		inbox:  newInbox(options.MaxQueued),
		groups: make(chan *group), free: make(chan *group, 2),
		failed: make(chan struct{}), ended: make(chan struct{}),
	}
	e.log = eventlog.New(j, e.state())
	first := &decider{Engine: e, group: &group{}}
	err := first.begin()
	if journal.Refusing(err) {
		slog.Warn("there is no room for the first records of this start: commands are refused until there is", "error", err)
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	first.seal()
	e.committing.Add(int64(first.sealed))
	if err := e.commit(first.group); err != nil {
		return nil, err
	}
	return e, nil
}

// Log is what readers may see.
func (e *Engine) Log() *eventlog.Log { return e.log }

// QueuedCommands is how many commands wait to be decided.
func (e *Engine) QueuedCommands() int64 { return e.inbox.commands.Load() }

// Room is nil while commands are taken, or the error (ErrStopping, or one that journal.Refusing knows) with which they
// are refused. It never waits.
func (e *Engine) Room() error {
	if e.inbox.isStopped() {
		return ErrStopping
	}
	need := e.refused.Load()
	usual := min(rounded(recordBytes+LeavingBytes*int64(1+e.log.State().Showings)), maxNeed) // an order, with all that it may reach
	err := e.journal.RoomNow(max(need, usual))
	if err == nil && need > 0 {
		e.refused.CompareAndSwap(need, 0)
	}
	return err
}

// Failed is closed when a write failed: no call in flight will be answered, and Run returns why.
func (e *Engine) Failed() <-chan struct{} { return e.failed }

// Stop lets Run finish what is queued and return. Later calls are refused.
func (e *Engine) Stop() { e.inbox.stop() }

// Run is the writer. It returns nil after Stop, when everything queued was decided, made durable and answered; or the
// error after which nothing more can be promised and the process has to end.
func (e *Engine) Run() error {
	defer close(e.ended)
	d := &decider{Engine: e, group: &group{}}
	e.free <- &group{}
	var deciding sync.WaitGroup
	deciding.Go(d.run)
	err := e.commitAll()
	if err != nil {
		e.Stop()
		close(e.failed)
	}
	deciding.Wait()
	return err
}

// WriteSnapshot keeps the state at the log's end, so that the next start replays nothing. For after Run returned nil.
func (e *Engine) WriteSnapshot() error {
	s := e.sequencer
	if s.LastSequence() == 0 {
		return nil // there never was room for anything
	}
	body := make([]byte, 0, snapshotBytes*(1+s.Books().Open()+s.Remembered())) // growing would copy it again and again
	if err := e.journal.WriteSnapshot(s.LastSequence(), s.LastStampNS(), s.AppendSnapshot(body)); err != nil {
		return fmt.Errorf("the snapshot at the end of the log: %w", err)
	}
	return nil
}

func (e *Engine) state() eventlog.State {
	s := e.sequencer
	return eventlog.State{
		LastSequence: s.LastSequence(), JournalTimeNS: s.LastStampNS(),
		Symbols: s.Books().Symbols(), OpenOrders: s.Books().Open(), Showings: int(s.Books().Showings()),
		Levels: s.Books().Levels(), Remembered: s.Remembered(),
	}
}
