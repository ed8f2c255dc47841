// Package sequencer turns commands into events, one at a time: it gives them their sequences, remembers
// what it decided and keeps the books of all symbols. It is deterministic: the same commands with the same
// stamps give the same events, byte for byte. It does no I/O and reads no clock; who calls it makes the
// events durable before anybody sees them.
package sequencer

import (
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// Reasons for a refusal: the log holds nothing of the command.
const (
	RefusedExpired      = "expired"
	RefusedExpiryTooFar = "expiry_too_far"
)

// maxExpiryAhead bounds the memory of a command: one that would have to be remembered longer is refused.
const maxExpiryAhead = int64(time.Hour)

// Sequencer holds the state of all symbols. It is not safe for concurrent use.
type Sequencer struct {
	lastSequence uint64
	lastStampNS  int64
	books        *book.Books
	memory       *memory
	encoder      event.Encoder

	// Reused, so that a decision allocates nothing.
	made        []book.Event
	order, stop book.Order
	replacement book.Replacement
	next        [aheadOfBooks]book.Next
	touched     uint64
}

// New makes a sequencer at the beginning of a log. Limits that are to be known from the log alone come with a set_limits;
// they are zero before it.
func New(limits book.Limits) *Sequencer { return with(book.New(limits)) }

func with(books *book.Books) *Sequencer {
	return &Sequencer{books: books, memory: newMemory(), encoder: event.NewEncoder(books)}
}

// Decision is what became of one command. Nothing is to be journalled when it was refused or is a repeat.
type Decision struct {
	Refused     string // why; empty: the command is, or was, journalled
	Repeated    bool   // decided before: First and Last are the first result's
	First, Last uint64 // sequences of its events
	Trades      int32
}

// Apply decides one command at a stamp, which must be later than every stamp before, and appends its events in their
// binary form. Where Due says so, a tick must have come before (rule E2).
func (s *Sequencer) Apply(c *command.Command, stampNS int64, events []byte) (Decision, []byte) {
	if !c.Kind.Own() {
		if e := s.memory.command(&c.ID, stampNS); e != nil {
			return Decision{Repeated: true, First: e.first, Last: e.first + uint64(e.events) - 1}, events
		}
	}
	if c.Kind.Expires() {
		switch {
		case stampNS > c.ExpiresAtNS, c.StampedByNS != 0 && stampNS > c.StampedByNS:
			return Decision{Refused: RefusedExpired}, events
		case c.ExpiresAtNS-stampNS > maxExpiryAhead:
			return Decision{Refused: RefusedExpiryTooFar}, events
		}
	}
	s.made = s.decide(c, stampNS, s.made[:0])
	d := Decision{First: s.lastSequence + 1, Last: s.lastSequence + uint64(len(s.made))}
	for i := range s.made {
		if s.made[i].Kind == book.Traded {
			d.Trades++
		}
		events = s.encoder.Append(events, &s.made[i])
	}
	s.lastSequence, s.lastStampNS = d.Last, stampNS
	s.remember(c, stampNS, d.First)
	if cap(s.made) > maxKeptEvents {
		s.made = nil // a session's end may have been large; it must not stay so
	}
	return d, events
}

const maxKeptEvents = 1 << 16

// decide makes the events of a command that goes into the log.
func (s *Sequencer) decide(c *command.Command, stampNS int64, to []book.Event) []book.Event {
	symbol, listed := book.NoSymbol, false
	if len(c.Symbol) > 0 {
		symbol, listed = s.books.Symbol(string(c.Symbol))
	}
	s.encoder.Begin(c, symbol)
	switch c.Kind {
	case command.Place, command.PlacePair:
		return s.place(c, symbol, listed, stampNS, to)
	case command.Cancel:
		return s.books.Cancel(c.Order.ID, c.Order.Account, to)
	case command.Replace:
		return s.replace(c, stampNS, to)
	case command.CancelAll:
		if len(c.Symbol) > 0 && !listed {
			return append(to, book.Event{Kind: book.SymbolRejected, Reason: book.UnknownSymbol})
		}
		return s.books.CancelAll(c.Order.Account, symbol, to)
	case command.ListSymbol:
		return s.books.List(string(c.Symbol), to)
	case command.HaltSymbol:
		return s.books.Halt(symbol, to)
	case command.ResumeSymbol:
		return s.books.Resume(symbol, to)
	case command.EndSession:
		return s.endSession(c, to)
	case command.Tick:
		to = s.books.ExpireDue(stampNS, to)
		return append(to, book.Event{Kind: event.Tick})
	case command.SetLimits:
		s.books.SetLimits(c.Limits)
		return append(to, book.Event{Kind: event.LimitsChanged})
	}
	panic("sequencer: a command of " + c.Kind.String() + " cannot come this far")
}

func (s *Sequencer) place(c *command.Command, symbol book.Symbol, listed bool, stampNS int64, to []book.Event) []book.Event {
	pair := c.Kind == command.PlacePair
	if !listed {
		to = append(to, book.Event{Kind: book.Rejected, Reason: book.UnknownSymbol})
		if pair {
			to = append(to, book.Event{Kind: book.Rejected, Reason: book.UnknownSymbol, Leg: 1})
		}
		return to
	}
	s.order = c.Order
	s.order.Symbol, s.order.Used = symbol, s.memory.used(&c.Order.ID, stampNS)
	if !pair {
		return s.books.Place(&s.order, stampNS, to)
	}
	s.stop = c.Stop
	s.stop.Symbol, s.stop.Used = symbol, s.memory.used(&c.Stop.ID, stampNS)
	return s.books.PlacePair(&s.order, &s.stop, stampNS, to)
}

func (s *Sequencer) replace(c *command.Command, stampNS int64, to []book.Event) []book.Event {
	s.replacement = book.Replacement{
		OrderID: c.Order.ID, Account: c.Order.Account, NewID: c.NewOrderID, NewIDUsed: s.memory.used(&c.NewOrderID, stampNS),
		QuantityLots: c.Order.QuantityLots, LimitPriceTicks: c.Order.LimitPriceTicks,
		StopPriceTicks: c.Order.StopPriceTicks, TrailTicks: c.Order.TrailTicks, TrailBasisPoints: c.Order.TrailBasisPoints,
	}
	return s.books.Replace(&s.replacement, to)
}

// endSession expires the session's own orders only. A command that comes late, or again after its repeat would
// be recognised, finds those gone and leaves the next session's alone.
func (s *Sequencer) endSession(c *command.Command, to []book.Event) []book.Event {
	to = s.books.EndSession(c.EndsAtNS, to)
	expired := int64(0)
	for i := range to {
		if to[i].Kind == book.Expired {
			expired++
		}
	}
	return append(to, book.Event{Kind: event.SessionEnded, QuantityLots: expired})
}

// remember keeps the command's id, and the order ids that it used unless it was rejected (rules D2 and D4).
func (s *Sequencer) remember(c *command.Command, stampNS int64, first uint64) {
	if c.Kind.Own() {
		s.memory.reclaim(stampNS, reclaimedPerTick)
		return
	}
	s.memory.reclaim(stampNS, reclaimedPerCommand)
	e := entry{command: c.ID, first: first, events: uint32(len(s.made)), untilNS: stampNS + rememberedWithoutExpiry}
	if c.Kind.Expires() {
		e.untilNS = c.ExpiresAtNS
	}
	switch {
	case c.Kind == command.Replace && s.made[0].Kind == book.Replaced:
		e.order = c.NewOrderID
	case s.made[0].Kind == book.Accepted:
		e.order = c.Order.ID
	}
	s.memory.remember(e)
	if c.Kind == command.PlacePair && e.order != (book.ID{}) {
		s.memory.remember(entry{order: c.Stop.ID, first: first, untilNS: e.untilNS})
	}
}

// Due says whether a tick must come before a command with this stamp (rule E2).
func (s *Sequencer) Due(stampNS int64) bool { return s.books.NextExpiryNS() <= stampNS }

// aheadOfBooks is how many commands the books look at together.
const aheadOfBooks = 16

// Ahead loads what the next commands will need into the caches, so that their misses overlap. It changes nothing that can
// be seen; a dozen or so commands at a time pay, more than 16 do not.
func (s *Sequencer) Ahead(commands []command.Command) {
	commands = commands[:min(len(commands), aheadOfBooks)]
	sum := s.memory.touchReclaimed(2 * len(commands))
	for i := range commands {
		c, next := &commands[i], &s.next[i]
		sum += s.memory.commands.touch(c.ID.Hash())
		*next = book.Next{Order: c.Order.ID, Symbol: book.NoSymbol}
		switch c.Kind {
		case command.Place, command.PlacePair:
			sum += s.memory.orders.touch(c.Order.ID.Hash())
			if c.Order.Type == book.Limit {
				next.Symbol, _ = s.books.Symbol(string(c.Symbol))
				next.Side, next.PriceTicks = c.Order.Side, c.Order.LimitPriceTicks
			}
		case command.Replace:
			sum += s.memory.orders.touch(c.NewOrderID.Hash())
		}
	}
	s.books.Prefetch(s.next[:len(commands)])
	s.touched = sum // or the compiler would leave the loads out
}

// LastSequence is the sequence of the last event; 0: none yet.
func (s *Sequencer) LastSequence() uint64 { return s.lastSequence }

// LastStampNS is the stamp of the last event; 0: none yet.
func (s *Sequencer) LastStampNS() int64 { return s.lastStampNS }

// Limits hold since the last set_limits, or since New.
func (s *Sequencer) Limits() book.Limits { return s.books.Limits() }

// Remembered is how many entries the memory of ids holds: about one for each command.
func (s *Sequencer) Remembered() int { return s.memory.count }

// Books are the books of all symbols, to look at.
func (s *Sequencer) Books() *book.Books { return s.books }
