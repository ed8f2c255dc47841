package sequencer

import (
	"daytrading/matching-engine/internal/book"
)

// events collects the events of one command: one buffer, cut into events at the end. Each is encoded once,
// here; the same bytes go to the journal, to readers and to the broker.
type events struct {
	text  text
	ends  []int
	next  uint64 // sequence of the next event
	stamp int64
	trace string
}

func (e *events) open(kind string) *text {
	t := &e.text
	t.raw(`{`)
	t.integer("sequence", int64(e.next))
	t.integer("time_ns", e.stamp)
	t.string("kind", kind)
	t.name("data")
	t.raw("{")
	return t
}

// close ends an event. The trace is its last member: readers find it at a fixed distance from the end.
func (e *events) close() {
	e.text.raw("}")
	if e.trace != "" {
		e.text.string("trace", e.trace)
	}
	e.text.raw("}")
	e.ends = append(e.ends, len(e.text))
	e.next++
}

func (e *events) cut() [][]byte {
	cut := make([][]byte, len(e.ends))
	start := 0
	for i, end := range e.ends {
		cut[i] = e.text[start:end:end]
		start = end
	}
	return cut
}

func (e *events) symbolListed(c *Command) {
	t := e.open("symbol_listed")
	t.id("command_id", c.ID)
	t.string("symbol", c.Symbol)
	e.close()
}

func (e *events) symbolRejected(c *Command, reason string) {
	t := e.open("symbol_rejected")
	t.id("command_id", c.ID)
	t.string("symbol", c.Symbol)
	t.string("reason", reason)
	e.close()
}

func (e *events) orderAccepted(c *Command) {
	t := e.open("order_accepted")
	t.id("command_id", c.ID)
	t.order(c)
	e.close()
}

func (e *events) orderRejected(c *Command, reason string) {
	t := e.open("order_rejected")
	t.id("command_id", c.ID)
	t.id("order_id", c.OrderID)
	t.id("account_id", c.AccountID)
	t.string("symbol", c.Symbol)
	t.string("reason", reason)
	e.close()
}

func (e *events) trade(taker *book.Order, f *book.Fill) {
	t := e.open("trade")
	t.string("symbol", taker.Symbol())
	t.integer("price_ticks", f.PriceTicks)
	t.integer("quantity_lots", f.QuantityLots)
	t.string("taker_side", sideNames[taker.Side])
	t.id("maker_order_id", f.Maker.ID)
	t.id("maker_account_id", f.Maker.AccountID)
	t.integer("maker_remaining_lots", f.MakerRemainingLots)
	t.id("taker_order_id", taker.ID)
	t.id("taker_account_id", taker.AccountID)
	t.integer("taker_remaining_lots", f.TakerRemainingLots)
	e.close()
}

func (e *events) orderCancelled(o *book.Order, command book.ID, reason string) {
	t := e.open("order_cancelled")
	t.id("order_id", o.ID)
	t.id("account_id", o.AccountID)
	t.string("symbol", o.Symbol())
	t.integer("remaining_lots", o.RemainingLots)
	t.id("command_id", command)
	t.string("reason", reason)
	e.close()
}

func (e *events) cancelRejected(c *Command, reason string) {
	t := e.open("cancel_rejected")
	t.id("command_id", c.ID)
	t.id("order_id", c.OrderID)
	t.id("account_id", c.AccountID)
	t.string("reason", reason)
	e.close()
}

func (e *events) orderExpired(o *book.Order, command book.ID) {
	t := e.open("order_expired")
	t.id("order_id", o.ID)
	t.id("account_id", o.AccountID)
	t.string("symbol", o.Symbol())
	t.integer("remaining_lots", o.RemainingLots)
	t.id("command_id", command)
	e.close()
}

func (e *events) sessionEnded(c *Command, expired int) {
	t := e.open("session_ended")
	t.id("command_id", c.ID)
	t.string("session", c.Session)
	t.integer("expired_orders", int64(expired))
	e.close()
}

func (e *events) tick() {
	e.open("tick")
	e.close()
}
