package differential

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// Books is what readers see now, in the lines of the corpus: what each symbol shows, and its open orders by id.
func (l *Log) Books() []string {
	books := l.Sequencer.Books()
	var orders []book.OpenOrder
	for cursor, more := uint32(0), true; more; more = cursor != 0 {
		var page []book.OpenOrder
		page, cursor = books.OpenOrders(cursor, 7)
		orders = append(orders, page...)
	}
	slices.SortFunc(orders, func(a, b book.OpenOrder) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	var lines []string
	for s := range book.Symbol(books.Symbols()) {
		lines = append(lines, fmt.Sprintf(`{"symbol":"%s","bids":[%s],"asks":[%s]}`, books.SymbolName(s),
			levels(books.Depth(s, book.Buy, math.MaxInt32)), levels(books.Depth(s, book.Sell, math.MaxInt32))))
		for i := range orders {
			if orders[i].Symbol == s {
				lines = append(lines, view(&orders[i]))
			}
		}
	}
	return lines
}

func levels(side []book.Level) string {
	texts := make([]string, len(side))
	for i, level := range side {
		texts[i] = fmt.Sprintf("[%d,%d,%d]", level.PriceTicks, level.QuantityLots, level.Orders)
	}
	return strings.Join(texts, ",")
}

func view(o *book.OpenOrder) string {
	state, stop := "active", ""
	if o.Dormant {
		state, stop = "dormant", integer("stop_price_ticks", o.StopPriceTicks)
	}
	members := text("order_id", o.ID.String()) + text("account_id", o.Account.String()) +
		text("side", command.SideName(o.Side)) + text("order_type", command.TypeName(o.Type)) +
		text("time_in_force", command.TimeInForceName(o.TimeInForce)) + text("state", state) +
		integer("limit_price_ticks", o.LimitPriceTicks) + integer("quantity_lots", o.QuantityLots) +
		integer("remaining_lots", o.RemainingLots) + stop
	return "{" + members[1:] + "}"
}
