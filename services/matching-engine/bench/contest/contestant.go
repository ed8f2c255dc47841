// Package contest drives order books over the same messages, and measures them.
package contest

import (
	"math"

	"daytrading/matching-engine/bench/textbook"
	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/book"
)

// Contestant is a book under measurement.
type Contestant interface {
	// Apply decides one message and appends its events.
	Apply(m *workload.Message, events []book.Event) []book.Event
	// Ahead tells what comes next; a book may load the memory that it will need.
	Ahead(next []workload.Message)
	Open() int
}

// Makers are the contestants, in the order of the report.
var Makers = []Maker{
	{"engine", func() Contestant { return newEngine(false) }},
	{"engine-ahead", func() Contestant { return newEngine(true) }},
	{"textbook", func() Contestant { return &plain{book: textbook.New(0)} }},
}

// Maker makes empty books of one kind.
type Maker struct {
	Name string
	New  func() Contestant
}

// engine is the service's own book, through the calls that its sequencer uses.
type engine struct {
	books       *book.Books
	order       book.Order
	replacement book.Replacement
	stamp       int64
	ahead       bool
	next        [lookAhead]book.Next
}

// lookAhead is how many messages are told at once; the sequencer does the same with the commands of a group.
const lookAhead = 16

func newEngine(ahead bool) *engine {
	books := book.New(book.Limits{OpenOrders: 4_000_000, OpenOrdersPerAccount: 4_000_000, LevelsPerSide: math.MaxInt32,
		Symbols: 1, TrailingStopsPerSymbol: 1, TradesPerOrder: 4_000_000})
	books.List("BENCH", nil)
	return &engine{books: books, ahead: ahead, order: book.Order{Type: book.Limit}}
}

func (e *engine) Apply(m *workload.Message, events []book.Event) []book.Event {
	e.stamp++
	account := workload.Accounts[m.Account]
	switch m.Kind {
	case workload.Place:
		o := &e.order
		o.ID, o.Account, o.Side, o.TimeInForce = m.Order, account, m.Side, m.TimeInForce
		o.LimitPriceTicks, o.QuantityLots = m.PriceTicks, m.QuantityLots
		return e.books.Place(o, e.stamp, events)
	case workload.Cancel:
		return e.books.Cancel(m.Order, account, events)
	default:
		r := &e.replacement
		r.OrderID, r.NewID, r.Account = m.Order, m.NewOrder, account
		r.LimitPriceTicks, r.QuantityLots = m.PriceTicks, m.QuantityLots
		return e.books.Replace(r, events)
	}
}

func (e *engine) Ahead(next []workload.Message) {
	if !e.ahead {
		return
	}
	for i := range next {
		m, n := &next[i], &e.next[i]
		*n = book.Next{Order: m.Order, Symbol: book.NoSymbol}
		if m.Kind == workload.Place {
			n.Symbol, n.Side, n.PriceTicks = 0, m.Side, m.PriceTicks
		}
	}
	e.books.Prefetch(e.next[:len(next)])
}

func (e *engine) Open() int { return e.books.Open() }

// plain is the textbook book.
type plain struct {
	book        *textbook.Book
	order       book.Order
	replacement book.Replacement
}

func (p *plain) Apply(m *workload.Message, events []book.Event) []book.Event {
	account := workload.Accounts[m.Account]
	switch m.Kind {
	case workload.Place:
		o := &p.order
		o.ID, o.Account, o.Side, o.TimeInForce = m.Order, account, m.Side, m.TimeInForce
		o.LimitPriceTicks, o.QuantityLots = m.PriceTicks, m.QuantityLots
		return p.book.Place(o, events)
	case workload.Cancel:
		return p.book.Cancel(m.Order, account, events)
	default:
		r := &p.replacement
		r.OrderID, r.NewID, r.Account = m.Order, m.NewOrder, account
		r.LimitPriceTicks, r.QuantityLots = m.PriceTicks, m.QuantityLots
		return p.book.Replace(r, events)
	}
}

func (p *plain) Ahead([]workload.Message) {}

func (p *plain) Open() int { return p.book.Open() }
