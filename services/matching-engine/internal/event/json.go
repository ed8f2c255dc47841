package event

import (
	"strconv"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/jsontext"
)

// Renderer makes the JSON of events. One may be used again and again, by one goroutine at a time.
type Renderer struct {
	command command.Command
	scanner scanner
	item    item
}

// AppendJSON appends the record's events from the given one on (0: its first), at most so many, without anything between
// them. Where each ends in the text is appended to ends.
func (r *Renderer) AppendJSON(to []byte, ends []int, record Record, skip, most int) ([]byte, []int, error) {
	if err := command.DecodeJournalled(&r.command, record.Command); err != nil {
		return to, ends, err
	}
	r.scanner.begin(&r.command, record.Events)
	for i := range min(record.Count, skip+most) {
		if err := r.scanner.next(&r.item); err != nil {
			return to, ends, err
		}
		if i < skip {
			continue
		}
		to = r.append(to, record.FirstSequence+uint64(i), record.StampNS)
		ends = append(ends, len(to))
	}
	return to, ends, nil
}

// append appends the event that was read. The trace is its last member: who reads only that finds it near the end.
func (r *Renderer) append(to []byte, sequence uint64, stampNS int64) []byte {
	to = append(to, `{"sequence":`...)
	to = strconv.AppendUint(to, sequence, 10)
	to = append(to, `,"time_ns":`...)
	to = strconv.AppendInt(to, stampNS, 10)
	to = append(to, `,"kind":"`...)
	to = append(to, kindNames[r.item.kind]...)
	w := jsontext.Writer(append(to, `","data":{`...))
	r.data(&w)
	w = append(w, '}')
	if r.command.Trace.Present {
		w = append(w, `,"trace":"`...)
		w = append(r.command.Trace.AppendText(w), '"')
	}
	return append(w, '}')
}

// data appends the members of the kind.
func (r *Renderer) data(w *jsontext.Writer) {
	c, v := &r.command, &r.item
	switch v.kind {
	case book.Listed:
		w.UUID("command_id", c.ID)
		w.Text("symbol", c.Symbol)
	case book.SymbolRejected:
		w.UUID("command_id", c.ID)
		w.Text("symbol", c.Symbol)
		w.Name("reason", reasonNames[v.reason])
	case book.PhaseChanged:
		w.UUID("command_id", c.ID)
		w.Text("symbol", c.Symbol)
		w.Name("phase", phaseNames[v.phase])
	case book.Accepted:
		r.accepted(w)
	case book.Rejected:
		r.rejected(w)
	case book.Traded:
		r.trade(w)
	case book.CancelRejected:
		w.UUID("command_id", c.ID)
		w.UUID("order_id", c.Order.ID)
		w.UUID("account_id", c.Order.Account)
		w.Name("reason", reasonNames[v.reason])
	case book.Replaced:
		r.replaced(w)
	case book.ReplaceRejected:
		w.UUID("command_id", c.ID)
		w.UUID("order_id", c.Order.ID)
		w.UUID("new_order_id", c.NewOrderID)
		w.UUID("account_id", c.Order.Account)
		w.Name("reason", reasonNames[v.reason])
	case book.AllCancelled:
		w.UUID("command_id", c.ID)
		if c.Order.Account != (book.ID{}) {
			w.UUID("account_id", c.Order.Account)
		}
		w.TextIf("symbol", c.Symbol)
		w.Integer("cancelled_orders", v.numbers[0])
	case SessionEnded:
		w.UUID("command_id", c.ID)
		w.Text("session", c.Session)
		w.Integer("expired_orders", v.numbers[0])
	case LimitsChanged:
		*w = command.AppendLimits(*w, c.Limits)
	case Tick:
	default:
		r.changed(w)
	}
}

// changed appends the members of what happens to one open order.
func (r *Renderer) changed(w *jsontext.Writer) {
	c, v := &r.command, &r.item
	w.UUID("order_id", v.order.order)
	w.UUID("account_id", v.order.account)
	w.Text("symbol", r.scanner.symbol)
	switch v.kind {
	case book.Repriced:
		w.Integer("limit_price_ticks", v.numbers[0])
	case book.Triggered:
		w.Integer("stop_price_ticks", v.numbers[0])
	case book.Reduced:
		w.Integer("reduced_lots", v.numbers[0])
		w.Integer("remaining_lots", v.numbers[1])
		w.Name("reason", reasonNames[v.reason])
	case book.Cancelled, book.Expired:
		w.Integer("remaining_lots", v.numbers[0])
		if !c.Kind.Own() {
			w.UUID("command_id", c.ID)
		}
		if v.kind == book.Cancelled {
			w.Name("reason", reasonNames[v.reason])
		}
	}
}

func (r *Renderer) accepted(w *jsontext.Writer) {
	c := &r.command
	w.UUID("command_id", c.ID)
	var partner *book.ID
	stop := r.item.whose == second
	if c.Kind == command.PlacePair {
		if partner = &c.Stop.ID; stop {
			partner = &c.Order.ID
		}
	}
	*w = c.AppendOrder(*w, stop, partner)
}

func (r *Renderer) rejected(w *jsontext.Writer) {
	c, v := &r.command, &r.item
	rejected := r.scanner.parties[v.whose]
	w.UUID("command_id", c.ID)
	w.UUID("order_id", rejected.order)
	w.UUID("account_id", rejected.account)
	w.Text("symbol", c.Symbol)
	w.Name("reason", reasonNames[v.reason])
}

func (r *Renderer) trade(w *jsontext.Writer) {
	v, side := &r.item, book.Buy
	if v.takerSells {
		side = book.Sell
	}
	w.Text("symbol", r.scanner.symbol)
	w.Integer("price_ticks", v.numbers[0])
	w.Integer("quantity_lots", v.numbers[1])
	w.Name("taker_side", command.SideName(side))
	w.UUID("maker_order_id", v.order.order)
	w.UUID("maker_account_id", v.order.account)
	w.Integer("maker_remaining_lots", v.numbers[2])
	w.UUID("taker_order_id", v.taker.order)
	w.UUID("taker_account_id", v.taker.account)
	w.Integer("taker_remaining_lots", v.numbers[3])
}

func (r *Renderer) replaced(w *jsontext.Writer) {
	c, v := &r.command, &r.item
	w.UUID("command_id", c.ID)
	w.UUID("order_id", c.Order.ID)
	w.UUID("new_order_id", c.NewOrderID)
	w.UUID("account_id", c.Order.Account)
	w.Text("symbol", r.scanner.symbol)
	w.TextIf("client_order_id", c.ClientOrderID)
	w.Integer("limit_price_ticks", v.numbers[0])
	w.Integer("quantity_lots", v.numbers[1])
	w.Integer("remaining_lots", v.numbers[2])
	w.IntegerIf("stop_price_ticks", v.numbers[3])
	w.IntegerIf("trail_ticks", v.numbers[4])
	w.IntegerIf("trail_basis_points", v.numbers[5])
	w.Boolean("keeps_priority", v.has&keepsPriority != 0)
	if len(c.Terms) > 0 {
		w.Raw("terms", c.Terms)
	}
}
