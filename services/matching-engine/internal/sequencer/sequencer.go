// Package sequencer turns commands into events, one at a time: it gives them their sequences, remembers
// what it decided and keeps the books of all symbols. It is deterministic: the same commands with the same
// stamps give the same events, byte for byte. It does no I/O and reads no clock; who calls it makes the
// events durable before anybody sees them.
package sequencer

import (
	"bytes"
	"fmt"
	"time"

	"github.com/google/btree"

	"daytrading/matching-engine/internal/book"
)

// Reasons for a refusal: the log holds nothing of the command.
const (
	RefusedExpired      = "expired"
	RefusedExpiryTooFar = "expiry_too_far"
)

// maxExpiryAhead bounds the memory of a command: one that would have to be remembered longer is refused.
const maxExpiryAhead = int64(time.Hour)

const orderTreeDegree = 32

// Sequencer holds the state of all symbols. It is not safe for concurrent use.
type Sequencer struct {
	lastSequence uint64
	lastStamp    int64
	books        map[string]*book.Book
	listed       []*book.Book               // in the order of listing: what is iterated, never the map
	open         *btree.BTreeG[*book.Order] // resting orders by id
	memory       *memory
	fills        []book.Fill // reused
}

// New makes a sequencer at the beginning of a log.
func New() *Sequencer {
	byID := func(a, b *book.Order) bool { return bytes.Compare(a.ID[:], b.ID[:]) < 0 }
	return &Sequencer{books: map[string]*book.Book{}, open: btree.NewG(orderTreeDegree, byID), memory: newMemory()}
}

// Decision is what became of one command.
type Decision struct {
	Refused     string // why; empty: the command is, or was, journalled
	Repeated    bool   // decided before: First and Last are the first result's, Events is empty
	First, Last uint64
	Events      [][]byte
	Trades      int
}

// Apply decides one command at a stamp, which must be later than every stamp before.
func (s *Sequencer) Apply(c *Command, stamp int64) Decision {
	s.memory.forget(stamp)
	if c.Kind != Tick {
		if first, ok := s.memory.commands[c.ID]; ok {
			return Decision{Repeated: true, First: first.first, Last: first.last}
		}
	}
	if c.Kind == Place {
		switch {
		case stamp > c.ExpiresAtNS, c.StampedByNS != 0 && stamp > c.StampedByNS:
			return Decision{Refused: RefusedExpired}
		case c.ExpiresAtNS-stamp > maxExpiryAhead:
			return Decision{Refused: RefusedExpiryTooFar}
		}
	}
	e := events{next: s.lastSequence + 1, stamp: stamp, trace: c.Trace}
	trades, newOrder := s.decide(c, &e)
	d := Decision{First: s.lastSequence + 1, Last: e.next - 1, Events: e.cut(), Trades: trades}
	s.lastSequence, s.lastStamp = d.Last, stamp
	if c.Kind != Tick {
		s.memory.remember(c, stamp, d.First, d.Last, newOrder)
	}
	return d
}

// decide writes the events of a command that goes into the log.
func (s *Sequencer) decide(c *Command, e *events) (trades int, newOrder bool) {
	switch c.Kind {
	case Place:
		return s.place(c, e)
	case Cancel:
		s.cancel(c, e)
	case ListSymbol:
		s.listSymbol(c, e)
	case EndSession:
		s.endSession(c, e)
	case Tick:
		e.tick()
	default:
		panic(fmt.Sprintf("sequencer: a command of kind %d cannot come this far", c.Kind))
	}
	return 0, false
}

func (s *Sequencer) place(c *Command, e *events) (trades int, newOrder bool) {
	b, listed := s.books[c.Symbol]
	if !listed {
		e.orderRejected(c, "unknown_symbol")
		return 0, false
	}
	order := &book.Order{
		ID: c.OrderID, AccountID: c.AccountID, Side: c.Side, Type: c.Type, TimeInForce: c.TimeInForce,
		LimitPriceTicks: c.LimitTicks, RemainingLots: c.QuantityLots, AcceptedAtNS: e.stamp,
	}
	if _, used := s.memory.orders[c.OrderID]; used || s.open.Has(order) {
		e.orderRejected(c, "duplicate_order_id")
		return 0, false
	}
	e.orderAccepted(c)
	fills, remainder := b.Place(order, s.fills[:0])
	for i := range fills {
		e.trade(order, &fills[i])
		if fills[i].MakerRemainingLots == 0 {
			s.open.Delete(fills[i].Maker)
		}
	}
	switch remainder {
	case book.Rests:
		s.open.ReplaceOrInsert(order)
	case book.CancelledImmediateOrCancel:
		e.orderCancelled(order, c.ID, "immediate_or_cancel")
	case book.CancelledFillOrKill:
		e.orderCancelled(order, c.ID, "fill_or_kill")
	case book.CancelledCollar:
		e.orderCancelled(order, c.ID, "collar")
	}
	trades = len(fills)
	clear(fills) // a reused slice must not keep filled orders alive
	s.fills = fills
	return trades, true
}

func (s *Sequencer) cancel(c *Command, e *events) {
	order, ok := s.open.Get(&book.Order{ID: c.OrderID})
	switch {
	case !ok:
		e.cancelRejected(c, "order_not_open")
	case order.AccountID != c.AccountID:
		e.cancelRejected(c, "not_owner")
	default:
		s.remove(order)
		e.orderCancelled(order, c.ID, "requested")
	}
}

func (s *Sequencer) remove(order *book.Order) {
	s.books[order.Symbol()].Cancel(order)
	s.open.Delete(order)
}

func (s *Sequencer) listSymbol(c *Command, e *events) {
	if _, listed := s.books[c.Symbol]; listed {
		e.symbolRejected(c, "already_listed")
		return
	}
	b := book.New(c.Symbol)
	s.books[c.Symbol] = b
	s.listed = append(s.listed, b)
	e.symbolListed(c)
}

// endSession expires the session's own orders only. A command that comes late, or again after its repeat would
// be recognised, finds those gone and leaves the next session's alone.
func (s *Sequencer) endSession(c *Command, e *events) {
	expired := 0
	for _, b := range s.listed {
		for _, order := range b.DayOrders(nil, c.EndsAtNS) {
			s.remove(order)
			e.orderExpired(order, c.ID)
			expired++
		}
	}
	e.sessionEnded(c, expired)
}

// LastSequence is the sequence of the last event; 0: none yet.
func (s *Sequencer) LastSequence() uint64 { return s.lastSequence }

// LastStampNS is the stamp of the last event; 0: none yet.
func (s *Sequencer) LastStampNS() int64 { return s.lastStamp }

// Symbols is how many symbols are listed.
func (s *Sequencer) Symbols() int { return len(s.listed) }

// OpenOrders is how many orders rest.
func (s *Sequencer) OpenOrders() int { return s.open.Len() }

// Book is the book of a symbol, or nil when it is not listed.
func (s *Sequencer) Book(symbol string) *book.Book { return s.books[symbol] }

// OpenOrdersAfter is a copy of the open orders whose ids come after the given one, in the order of their ids.
func (s *Sequencer) OpenOrdersAfter(after book.ID, limit int) []OpenOrder {
	page := make([]OpenOrder, 0, min(limit, s.open.Len()))
	s.open.AscendGreaterOrEqual(&book.Order{ID: after}, func(o *book.Order) bool {
		if o.ID == after {
			return true
		}
		if len(page) == limit {
			return false
		}
		page = append(page, OpenOrder{
			OrderID: o.ID, AccountID: o.AccountID, Symbol: o.Symbol(), Side: o.Side,
			LimitPriceTicks: o.LimitPriceTicks, RemainingLots: o.RemainingLots,
		})
		return true
	})
	return page
}

// OpenOrder is what a reader sees of a resting order.
type OpenOrder struct {
	OrderID, AccountID book.ID
	Symbol             string
	Side               book.Side
	LimitPriceTicks    int64
	RemainingLots      int64
}
