// Package textbook is the order book that a programmer writes from the description of one: a B-tree of price levels from a
// well-kept library, a doubly linked list of orders in each, a Go map from ids to orders. It knows limit orders that rest
// or are immediate-or-cancel, cancels and replacements of one symbol: what the benchmark's workloads send. It follows the
// rules of docs/matching-rules.md in these, so that its events equal the engine's, and takes no short cuts that make it slow:
// list nodes are the orders themselves, and levels are found by price without an interface.
package textbook

import (
	"github.com/tidwall/btree"

	"daytrading/matching-engine/internal/book"
)

// Book is one symbol's orders.
type Book struct {
	sides    [2]side
	orders   map[book.ID]*order
	accounts map[book.ID]book.Account
	symbol   book.Symbol
}

type side struct {
	levels *btree.BTreeG[*level]
	best   *level // nil: the side is empty
}

type level struct {
	price       int64
	lots        int64
	first, last *order
}

type order struct {
	id             book.ID
	account        book.Account
	side           book.Side
	quantity       int64
	remaining      int64
	level          *level
	previous, next *order
}

// New is an empty book whose events name this symbol.
func New(symbol book.Symbol) *Book {
	ascending := func(a, b *level) bool { return a.price < b.price }
	descending := func(a, b *level) bool { return a.price > b.price }
	options := btree.Options{NoLocks: true}
	return &Book{
		sides: [2]side{
			{levels: btree.NewBTreeGOptions(descending, options)},
			{levels: btree.NewBTreeGOptions(ascending, options)},
		},
		orders:   map[book.ID]*order{},
		accounts: map[book.ID]book.Account{},
		symbol:   symbol,
	}
}

// Open is how many orders rest.
func (b *Book) Open() int { return len(b.orders) }

// Best is the touch of a side; false: it is empty.
func (b *Book) Best(of book.Side) (priceTicks int64, ok bool) {
	if best := b.side(of).best; best != nil {
		return best.price, true
	}
	return 0, false
}

// First is the order that would trade next on a side; false: the side is empty.
func (b *Book) First(of book.Side) (id book.ID, priceTicks int64, ok bool) {
	if best := b.side(of).best; best != nil {
		return best.first.id, best.price, true
	}
	return book.ID{}, 0, false
}

// Depth is what the best levels of a side show, appended to levels.
func (b *Book) Depth(of book.Side, limit int, levels []book.Level) []book.Level {
	b.side(of).levels.Scan(func(l *level) bool {
		if limit--; limit < 0 {
			return false
		}
		count := 0
		for o := l.first; o != nil; o = o.next {
			count++
		}
		levels = append(levels, book.Level{PriceTicks: l.price, QuantityLots: l.lots, Orders: count})
		return true
	})
	return levels
}

// Place decides a limit order: it trades at its limit or better, and what remains rests, or is cancelled when it is
// immediate-or-cancel.
func (b *Book) Place(o *book.Order, events []book.Event) []book.Event {
	if _, open := b.orders[o.ID]; open {
		return append(events, book.Event{Kind: book.Rejected, Reason: book.DuplicateOrderID, Symbol: b.symbol,
			Account: book.NoAccount, Order: o.ID})
	}
	account := b.intern(o.Account)
	events = append(events, book.Event{Kind: book.Accepted, Symbol: b.symbol, Account: account, Order: o.ID})
	taker := order{id: o.ID, account: account, side: o.Side, quantity: o.QuantityLots, remaining: o.QuantityLots}
	events = b.match(&taker, o.LimitPriceTicks, events)
	switch {
	case taker.remaining == 0:
	case o.TimeInForce == book.ImmediateOrCancel:
		events = append(events, book.Event{Kind: book.Cancelled, Reason: book.ReasonImmediateOrCancel,
			Symbol: b.symbol, Account: account, Order: o.ID, RemainingLots: taker.remaining})
	default:
		resting := taker
		b.rest(&resting, o.LimitPriceTicks)
	}
	return events
}

// Cancel takes an order of its account out.
func (b *Book) Cancel(id, account book.ID, events []book.Event) []book.Event {
	o, reason := b.owned(id, account)
	if reason != 0 {
		return append(events, book.Event{Kind: book.CancelRejected, Reason: reason, Symbol: book.NoSymbol,
			Account: book.NoAccount, Order: id})
	}
	b.remove(o)
	return append(events, book.Event{Kind: book.Cancelled, Reason: book.Requested, Symbol: b.symbol,
		Account: o.account, Order: id, RemainingLots: o.remaining})
}

// Replace gives an order a new id, and a new quantity or price; see rules C3 to C5.
func (b *Book) Replace(r *book.Replacement, events []book.Event) []book.Event {
	o, reason := b.owned(r.OrderID, r.Account)
	if reason == 0 {
		if _, open := b.orders[r.NewID]; open {
			reason = book.DuplicateOrderID
		}
	}
	quantity, price := r.QuantityLots, r.LimitPriceTicks
	if reason == 0 {
		if quantity == 0 {
			quantity = o.quantity
		}
		if price == 0 {
			price = o.level.price
		}
		if quantity <= o.quantity-o.remaining {
			reason = book.QuantityFilled
		}
	}
	if reason != 0 {
		return append(events, book.Event{Kind: book.ReplaceRejected, Reason: reason, Symbol: book.NoSymbol,
			Account: book.NoAccount, Order: r.OrderID, Other: r.NewID})
	}
	keeps := price == o.level.price && quantity <= o.quantity
	remaining := o.remaining + quantity - o.quantity
	events = append(events, book.Event{Kind: book.Replaced, Symbol: b.symbol, Account: o.account, Order: r.OrderID,
		Other: r.NewID, PriceTicks: price, QuantityLots: quantity, RemainingLots: remaining, KeepsPriority: keeps})
	if keeps {
		o.level.lots -= o.quantity - quantity
		delete(b.orders, o.id)
		o.id, o.quantity, o.remaining = r.NewID, quantity, remaining
		b.orders[o.id] = o
		return events
	}
	b.remove(o)
	o.id, o.quantity, o.remaining = r.NewID, quantity, remaining
	events = b.match(o, price, events)
	if o.remaining > 0 {
		b.rest(o, price)
	}
	return events
}

func (b *Book) owned(id, account book.ID) (*order, book.Reason) {
	o, open := b.orders[id]
	if !open {
		return nil, book.OrderNotOpen
	}
	if number, known := b.accounts[account]; !known || number != o.account {
		return nil, book.NotOwner
	}
	return o, 0
}

func (b *Book) match(taker *order, limit int64, events []book.Event) []book.Event {
	makers := b.side(taker.side.Opposite())
	for taker.remaining > 0 && makers.best != nil && reaches(taker.side, limit, makers.best.price) {
		at := makers.best
		maker := at.first
		lots := min(taker.remaining, maker.remaining)
		taker.remaining -= lots
		maker.remaining -= lots
		at.lots -= lots
		events = append(events, book.Event{Kind: book.Traded, Side: taker.side, Symbol: b.symbol,
			Account: maker.account, TakerAccount: taker.account, Order: maker.id, Other: taker.id,
			PriceTicks: at.price, QuantityLots: lots,
			RemainingLots: maker.remaining, TakerRemainingLots: taker.remaining})
		if maker.remaining == 0 {
			b.remove(maker)
		}
	}
	return events
}

func reaches(side book.Side, limit, price int64) bool {
	if side == book.Buy {
		return price <= limit
	}
	return price >= limit
}

func (b *Book) rest(o *order, price int64) {
	s := b.side(o.side)
	at, found := s.levels.Get(&level{price: price})
	if !found {
		at = &level{price: price}
		s.levels.Set(at)
		if s.best == nil || reaches(o.side.Opposite(), s.best.price, price) {
			s.best = at
		}
	}
	o.level, o.previous, o.next = at, at.last, nil
	if at.last == nil {
		at.first = o
	} else {
		at.last.next = o
	}
	at.last = o
	at.lots += o.remaining
	b.orders[o.id] = o
}

func (b *Book) remove(o *order) {
	at := o.level
	if o.previous == nil {
		at.first = o.next
	} else {
		o.previous.next = o.next
	}
	if o.next == nil {
		at.last = o.previous
	} else {
		o.next.previous = o.previous
	}
	at.lots -= o.remaining
	delete(b.orders, o.id)
	if at.first == nil {
		s := b.side(o.side)
		s.levels.Delete(at)
		if s.best == at {
			s.best, _ = s.levels.Min()
		}
	}
}

func (b *Book) intern(id book.ID) book.Account {
	number, known := b.accounts[id]
	if !known {
		number = book.Account(len(b.accounts))
		b.accounts[id] = number
	}
	return number
}

func (b *Book) side(of book.Side) *side { return &b.sides[of-book.Buy] }
