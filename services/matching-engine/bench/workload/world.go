package workload

import (
	"encoding/binary"
	"math/rand/v2"

	"daytrading/matching-engine/bench/textbook"
	"daytrading/matching-engine/internal/book"
)

// world knows what rests while messages are made, so that cancels and replacements aim at live orders and marketable ones
// are as large as they should be. What it knows, it learns from the textbook book's events.
type world struct {
	random   *rand.Rand
	model    *textbook.Book
	messages []Message
	live     []resting       // in no order
	at       map[book.ID]int // where in live
	events   []book.Event
	levels   []book.Level
}

type resting struct {
	id             book.ID
	price          int64
	total, remains int64
	side           book.Side
	account        uint8
}

func newWorld(seed uint64) *world {
	return &world{
		random: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
		model:  textbook.New(0),
		at:     map[book.ID]int{},
	}
}

// take hands over the messages made so far.
func (w *world) take() []Message {
	made := w.messages
	w.messages = nil
	return made
}

// id is a random UUID (version 4), as the platform's are.
func (w *world) id() book.ID {
	var id book.ID
	binary.LittleEndian.PutUint64(id[0:8], w.random.Uint64())
	binary.LittleEndian.PutUint64(id[8:16], w.random.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

func (w *world) side() book.Side { return book.Buy + book.Side(w.random.IntN(2)) }

// between is a number from low to high, both included.
func (w *world) between(low, high int64) int64 { return low + w.random.Int64N(high-low+1) }

// pick is any of the resting orders.
func (w *world) pick() resting { return w.live[w.random.IntN(len(w.live))] }

func (w *world) place(side book.Side, tif book.TimeInForce, price, lots int64) book.ID {
	m := Message{Kind: Place, Order: w.id(), Side: side, TimeInForce: tif, PriceTicks: price, QuantityLots: lots,
		Account: uint8(w.random.IntN(accountCount))}
	w.messages = append(w.messages, m)
	order := book.Order{ID: m.Order, Account: Accounts[m.Account], Side: side, Type: book.Limit, TimeInForce: tif,
		LimitPriceTicks: price, QuantityLots: lots}
	w.events = w.model.Place(&order, w.events[:0])
	w.settle(resting{id: m.Order, price: price, total: lots, remains: lots, side: side, account: m.Account})
	return m.Order
}

func (w *world) cancel(o resting) {
	w.messages = append(w.messages, Message{Kind: Cancel, Order: o.id, Side: o.side, Account: o.account})
	w.events = w.model.Cancel(o.id, Accounts[o.account], w.events[:0])
	w.forget(o.id)
}

// replace changes an order's price or total quantity; a zero keeps it.
func (w *world) replace(o resting, price, total int64) book.ID {
	m := Message{Kind: Replace, Order: o.id, NewOrder: w.id(), Side: o.side, Account: o.account,
		PriceTicks: price, QuantityLots: total}
	w.messages = append(w.messages, m)
	w.events = w.model.Replace(&book.Replacement{OrderID: o.id, Account: Accounts[o.account], NewID: m.NewOrder,
		LimitPriceTicks: price, QuantityLots: total}, w.events[:0])
	w.forget(o.id)
	if price != 0 {
		o.price = price
	}
	if total != 0 {
		o.remains += total - o.total
		o.total = total
	}
	o.id = m.NewOrder
	w.settle(o)
	return m.NewOrder
}

// settle takes over what the model said of a taker and of its makers.
func (w *world) settle(taker resting) {
	rests := true
	for i := range w.events {
		switch e := &w.events[i]; e.Kind {
		case book.Traded:
			taker.remains = e.TakerRemainingLots
			if e.RemainingLots == 0 {
				w.forget(e.Order)
			} else {
				w.live[w.at[e.Order]].remains = e.RemainingLots
			}
		case book.Cancelled, book.Rejected, book.ReplaceRejected:
			rests = false
		}
	}
	if rests && taker.remains > 0 {
		w.at[taker.id] = len(w.live)
		w.live = append(w.live, taker)
	}
}

func (w *world) forget(id book.ID) {
	i := w.at[id]
	delete(w.at, id)
	last := len(w.live) - 1
	if i != last {
		w.live[i] = w.live[last]
		w.at[w.live[i].id] = i
	}
	w.live = w.live[:last]
}

// passive is a price a distance behind the side's own touch that does not reach the other side's.
func (w *world) passive(side book.Side, distance, fallback int64) int64 {
	price := fallback
	own, ok := w.model.Best(side)
	if ok {
		price = own
	}
	if side == book.Buy {
		price -= distance
		if ask, ok := w.model.Best(book.Sell); ok {
			price = min(price, ask-1)
		}
		return max(price, 1)
	}
	price += distance
	if bid, ok := w.model.Best(book.Buy); ok {
		price = max(price, bid+1)
	}
	return price
}
