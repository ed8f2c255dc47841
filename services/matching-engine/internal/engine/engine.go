package engine

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

const (
	maxGroupCommands = 8192    // a group may exceed this by one call
	maxGroupBytes    = 4 << 20 // and this by one command's events
	maxQueuedReads   = 1024
	window           = 16  // commands whose memory is looked up ahead together
	snapshotBytes    = 80  // more than an order or a command id takes in a snapshot, as a rule
	recordBytes      = 512 // more than a record takes that makes no trade, but for the sender's own texts

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
}

// Engine is the writer. Start, Submit, Read, Room and Log are safe for concurrent use.
type Engine struct {
	options   Options
	journal   *journal.Journal
	sequencer *sequencer.Sequencer // the decider's, once Run was called
	time      *journalTime
	log       *eventlog.Log
	inbox     *inbox

	// refused is how much room the call needed that was last refused for it; 0: none was since there is room again.
	refused atomic.Int64

	groups chan *group // from the decider to the committer, which is free exactly when it receives
	free   chan *group
	failed chan struct{} // closed when a write failed: nobody in flight will be answered
	ended  chan struct{} // closed when Run returns
}

// New makes an engine that continues where the journal ends. The sequencer holds the recovered state. The limits are
// journalled if they changed, then a tick in any case: the journal time that callers are told is thus always on disk,
// and no restart, whatever the wall clock does, goes back behind it.
func New(options Options, j *journal.Journal, s *sequencer.Sequencer) (*Engine, error) {
	e := &Engine{
		options: options, journal: j, sequencer: s, time: newJournalTime(options.Clock, s.LastStampNS()),
		inbox:  newInbox(options.MaxQueued),
		groups: make(chan *group), free: make(chan *group, 2),
		failed: make(chan struct{}), ended: make(chan struct{}),
	}
	e.log = eventlog.New(j, e.state())
	first := &decider{Engine: e, group: &group{}}
	if s.Limits() != options.Limits {
		first.decide(&command.Command{Kind: command.SetLimits, Limits: options.Limits}, e.time.now())
	}
	first.apply(&command.Command{Kind: command.Tick}, e.time.next(e.time.now()))
	first.seal()
	if err := e.commit(first.group); err != nil {
		return nil, err
	}
	return e, nil
}

// Log is what readers may see.
func (e *Engine) Log() *eventlog.Log { return e.log }

// QueuedCommands is how many commands wait to be decided.
func (e *Engine) QueuedCommands() int64 { return e.inbox.commands.Load() }

// Room is nil while commands are taken, or the error (journal.ErrFull, ErrStopping) with which they are refused.
func (e *Engine) Room() error {
	if e.inbox.isStopped() {
		return ErrStopping
	}
	need := e.refused.Load()
	err := e.journal.Room(max(need, recordBytes))
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
		Symbols: s.Books().Symbols(), OpenOrders: s.Books().Open(), Levels: s.Books().Levels(), Remembered: s.Remembered(),
	}
}
