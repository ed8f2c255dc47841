package command

import (
	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/jsontext"
)

// AppendJSON appends the command as a call holds it, its members in one fixed order and without space.
func AppendJSON(to []byte, c *Command) []byte {
	w := jsontext.Writer(append(to, '{'))
	if !c.Kind.Own() {
		w.UUID("command_id", c.ID)
	}
	w.Name("kind", c.Kind.String())
	if c.Kind.Expires() {
		w.Integer("expires_at_ns", c.ExpiresAtNS)
	}
	if c.Trace.Present {
		w.Key("trace")
		w = append(w, '"')
		w = append(c.Trace.AppendText(w), '"')
	}
	switch c.Kind {
	case Place:
		c.appendOrder(&w, "order", false)
	case PlacePair:
		c.appendOrder(&w, "limit_order", false)
		c.appendOrder(&w, "stop_order", true)
	case Cancel:
		w.UUID("order_id", c.Order.ID)
		w.UUID("account_id", c.Order.Account)
	case Replace:
		c.appendReplacement(&w)
	case CancelAll:
		if c.Order.Account != (book.ID{}) {
			w.UUID("account_id", c.Order.Account)
		}
		w.TextIf("symbol", c.Symbol)
	case ListSymbol, HaltSymbol, ResumeSymbol:
		w.Text("symbol", c.Symbol)
	case EndSession:
		w.Text("session", c.Session)
		w.Integer("ends_at_ns", c.EndsAtNS)
	case SetLimits:
		w = AppendLimits(w, c.Limits)
	}
	return append(w, '}')
}

func (c *Command) appendOrder(w *jsontext.Writer, name string, stop bool) {
	w.Key(name)
	*w = append(*w, '{')
	*w = c.AppendOrder(*w, stop, nil)
	*w = append(*w, '}')
}

// AppendOrder appends the members of the command's order, or of its pair's stop order, in their order. A partner in a
// pair comes before the terms.
func (c *Command) AppendOrder(to []byte, stop bool, partner *book.ID) []byte {
	o, clientOrderID, terms := &c.Order, c.ClientOrderID, c.Terms
	if stop {
		o, clientOrderID, terms = &c.Stop, c.StopClientOrderID, c.StopTerms
	}
	w := jsontext.Writer(to)
	w.UUID("order_id", o.ID)
	w.UUID("account_id", o.Account)
	w.Text("client_order_id", clientOrderID)
	w.Text("symbol", c.Symbol)
	w.Name("side", sideNames[o.Side])
	w.Name("order_type", typeNames[o.Type])
	w.Name("time_in_force", timeInForceNames[o.TimeInForce])
	w.Integer("limit_price_ticks", o.LimitPriceTicks)
	w.Integer("quantity_lots", o.QuantityLots)
	w.IntegerIf("stop_price_ticks", o.StopPriceTicks)
	w.IntegerIf("trail_ticks", o.TrailTicks)
	w.IntegerIf("trail_basis_points", int64(o.TrailBasisPoints))
	w.IntegerIf("display_lots", o.DisplayLots)
	w.IntegerIf("minimum_lots", o.MinimumLots)
	if o.PostOnly != 0 {
		w.Name("post_only", postOnlyNames[o.PostOnly])
	}
	w.IntegerIf("expire_at_ns", o.ExpireAtNS)
	if o.SelfTrade != 0 {
		w.Name("self_trade_prevention", selfTradeNames[o.SelfTrade])
	}
	if partner != nil {
		w.UUID("oco_order_id", *partner)
	}
	w.Raw("terms", terms)
	return w
}

func (c *Command) appendReplacement(w *jsontext.Writer) {
	w.UUID("order_id", c.Order.ID)
	w.UUID("account_id", c.Order.Account)
	w.UUID("new_order_id", c.NewOrderID)
	w.TextIf("client_order_id", c.ClientOrderID)
	w.IntegerIf("limit_price_ticks", c.Order.LimitPriceTicks)
	w.IntegerIf("quantity_lots", c.Order.QuantityLots)
	w.IntegerIf("stop_price_ticks", c.Order.StopPriceTicks)
	w.IntegerIf("trail_ticks", c.Order.TrailTicks)
	w.IntegerIf("trail_basis_points", int64(c.Order.TrailBasisPoints))
	if len(c.Terms) > 0 {
		w.Raw("terms", c.Terms)
	}
}

// AppendLimits appends the members of the limits.
func AppendLimits(to []byte, limits book.Limits) []byte {
	w := jsontext.Writer(to)
	w.Integer("open_orders", limits.OpenOrders)
	w.Integer("open_orders_per_account", limits.OpenOrdersPerAccount)
	w.Integer("levels_per_side", limits.LevelsPerSide)
	w.Integer("symbols", limits.Symbols)
	w.Integer("trailing_stops_per_symbol", limits.TrailingStopsPerSymbol)
	w.Integer("trades_per_order", limits.TradesPerOrder)
	return w
}
