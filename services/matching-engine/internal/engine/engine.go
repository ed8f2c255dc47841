// Package engine is the single writer. One goroutine takes the calls that queued while the last fsync ran,
// decides them as one group, makes the group durable with one fsync, and only then shows it to readers and
// answers. Everything that looks at a book does so between two groups, in the same goroutine: nobody ever
// sees a state that is not on disk.
package engine

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// Limits of the queue and of a group. A call holds at most sequencer.MaxCommandsPerCall commands.
const (
	maxQueuedCalls    = 4096
	maxQueuedCommands = 32768
	maxGroupCommands  = 4096
	maxQueuedReads    = 1024
	// maxExpiryAhead caps how long a place command may wait for its stamp, whatever it says itself.
	maxExpiryAhead = int64(30 * time.Second)
)

// Errors of Submit and Read.
var (
	// ErrOverloaded: nothing of the call was journalled, nor will be.
	ErrOverloaded = errors.New("the matching engine has more waiting than it can take")
	// ErrStopping: as ErrOverloaded, since the engine is shutting down.
	ErrStopping = errors.New("the matching engine is shutting down")
	// ErrOutcomeUnknown: the log decides what became of the call.
	ErrOutcomeUnknown = errors.New("the matching engine stopped before the outcome was known")
)

// Observer hears what happens, for metrics. Its methods are called by the writer and must be quick.
type Observer interface {
	Decided(kind sequencer.Kind, d *sequencer.Decision)
	Group(commands int)
}

// Options of an engine.
type Options struct {
	Clock        Clock
	TickInterval time.Duration
	Observer     Observer
}

// Engine is the writer. Submit, Read and Log are safe for concurrent use.
type Engine struct {
	options   Options
	journal   *journal.Journal
	sequencer *sequencer.Sequencer
	time      *journalTime
	log       *eventlog.Log

	calls          chan *call
	reads          chan func(*sequencer.Sequencer)
	queuedCommands atomic.Int64

	stopping sync.RWMutex // held for writing while `stopped` becomes true
	stopped  bool
	done     chan struct{} // closed when Run has returned
}

type call struct {
	commands  []sequencer.Command
	decisions []sequencer.Decision
	state     eventlog.State
	err       error
	answered  chan struct{}
}

// New makes an engine that continues where the journal ends. The sequencer holds the replayed state. A tick is
// journalled first: the journal time that callers are told is thus always on disk, and no restart, whatever
// the wall clock does, goes back behind it.
func New(options Options, j *journal.Journal, s *sequencer.Sequencer) (*Engine, error) {
	e := &Engine{
		options: options, journal: j, sequencer: s, time: newJournalTime(options.Clock, s.LastStampNS()),
		calls: make(chan *call, maxQueuedCalls), reads: make(chan func(*sequencer.Sequencer), maxQueuedReads),
		done: make(chan struct{}),
	}
	e.log = eventlog.New(j.LogID(), j, e.state())
	return e, e.tick()
}

// Log is what readers may see.
func (e *Engine) Log() *eventlog.Log { return e.log }

// QueuedCommands is how many commands wait for their group.
func (e *Engine) QueuedCommands() int64 { return e.queuedCommands.Load() }

// Submit decides the commands of one call, and returns when what was decided is durable. It takes the
// commands over.
func (e *Engine) Submit(commands []sequencer.Command) ([]sequencer.Decision, eventlog.State, error) {
	latest := e.time.now() + maxExpiryAhead
	for i := range commands {
		commands[i].StampedByNS = latest
	}
	c := &call{commands: commands, answered: make(chan struct{})}
	if err := e.enqueue(c); err != nil {
		return nil, eventlog.State{}, err
	}
	select {
	case <-c.answered:
	case <-e.done:
		select {
		case <-c.answered:
		default:
			return nil, eventlog.State{}, ErrOutcomeUnknown
		}
	}
	return c.decisions, c.state, c.err
}

func (e *Engine) enqueue(c *call) error {
	e.stopping.RLock()
	defer e.stopping.RUnlock()
	if e.stopped {
		return ErrStopping
	}
	n := int64(len(c.commands))
	if e.queuedCommands.Add(n) > maxQueuedCommands {
		e.queuedCommands.Add(-n)
		return ErrOverloaded
	}
	select {
	case e.calls <- c:
		return nil
	default:
		e.queuedCommands.Add(-n)
		return ErrOverloaded
	}
}

// Read calls look with the state at the log's durable end. It must copy what it wants to keep.
func (e *Engine) Read(look func(s *sequencer.Sequencer)) error {
	finished := make(chan struct{})
	read := func(s *sequencer.Sequencer) {
		look(s)
		close(finished)
	}
	select {
	case e.reads <- read:
	default:
		return ErrOverloaded
	}
	select {
	case <-finished:
		return nil
	case <-e.done:
		return ErrStopping
	}
}

// Stop lets Run finish what is queued and return. Later calls are refused.
func (e *Engine) Stop() {
	e.stopping.Lock()
	defer e.stopping.Unlock()
	if !e.stopped {
		e.stopped = true
		close(e.calls)
	}
}

// Run is the writer. It returns nil after Stop, or the error after which nothing more can be promised.
func (e *Engine) Run() error {
	defer close(e.done)
	idle := time.NewTimer(e.options.TickInterval)
	defer idle.Stop()
	for {
		journalled, err := false, error(nil)
		select {
		case first, open := <-e.calls:
			if !open {
				return nil
			}
			journalled, err = e.group(first)
		case read := <-e.reads:
			read(e.sequencer)
		case <-idle.C:
			journalled, err = true, e.idleTick()
		}
		if err != nil {
			e.Stop()
			return err
		}
		if journalled {
			idle.Reset(e.options.TickInterval)
		}
	}
}

// group decides the first call and those that wait behind it.
func (e *Engine) group(first *call) (journalled bool, err error) {
	_ = failpoint.Hit(failpoint.BeforeApply)
	calls := []*call{first}
	commands := len(first.commands)
	for commands < maxGroupCommands {
		next, ok := e.waiting()
		if !ok {
			break
		}
		calls = append(calls, next)
		commands += len(next.commands)
	}
	e.queuedCommands.Add(-int64(commands))

	entries := make([]journal.Entry, 0, commands)
	for _, c := range calls {
		c.decisions = make([]sequencer.Decision, len(c.commands))
		for i := range c.commands {
			c.decisions[i] = e.decide(&c.commands[i], &entries)
		}
	}
	if err := e.commit(entries); err != nil {
		for _, c := range calls {
			c.err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
			close(c.answered)
		}
		return false, err
	}
	e.observe(calls, commands)
	_ = failpoint.Hit(failpoint.AfterFsyncBeforeAnswer)
	state := e.log.State()
	for _, c := range calls {
		c.state = state
		close(c.answered)
	}
	return len(entries) > 0, nil
}

func (e *Engine) waiting() (*call, bool) {
	select {
	case next, open := <-e.calls:
		return next, open
	default:
		return nil, false
	}
}

func (e *Engine) decide(c *sequencer.Command, entries *[]journal.Entry) sequencer.Decision {
	stamp := e.time.next()
	decision := e.sequencer.Apply(c, stamp)
	if len(decision.Events) > 0 {
		e.time.take(stamp)
		*entries = append(*entries, journal.Entry{
			StampNS: stamp, FirstSequence: decision.First,
			Command: sequencer.AppendCommand(nil, c), Events: decision.Events,
		})
	}
	return decision
}

// idleTick lets journal time go on while nothing happens.
func (e *Engine) idleTick() error {
	if failpoint.Hit(failpoint.IdleTick) != nil {
		return nil
	}
	return e.tick()
}

func (e *Engine) tick() error {
	var entries []journal.Entry
	decision := e.decide(&sequencer.Command{Kind: sequencer.Tick}, &entries)
	e.options.Observer.Decided(sequencer.Tick, &decision)
	return e.commit(entries)
}

// commit makes a group durable and then visible.
func (e *Engine) commit(entries []journal.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if err := e.journal.Append(entries); err != nil {
		return err
	}
	events := entries[0].Events
	for i := 1; i < len(entries); i++ {
		events = append(events, entries[i].Events...)
	}
	e.log.Commit(events, e.state())
	return nil
}

func (e *Engine) state() eventlog.State {
	return eventlog.State{
		LastSequence: e.sequencer.LastSequence(), JournalTimeNS: e.sequencer.LastStampNS(),
		Symbols: e.sequencer.Symbols(), OpenOrders: e.sequencer.OpenOrders(),
	}
}

func (e *Engine) observe(calls []*call, commands int) {
	e.options.Observer.Group(commands)
	for _, c := range calls {
		for i := range c.commands {
			e.options.Observer.Decided(c.commands[i].Kind, &c.decisions[i])
		}
	}
}
