package book

// Book holds the resting orders of one symbol. It is not safe for concurrent use: the engine has one writer.
type Book struct {
	Symbol     string
	bids, asks half
}

// New makes an empty book.
func New(symbol string) *Book {
	return &Book{Symbol: symbol, bids: half{side: Buy}, asks: half{side: Sell}}
}

func (b *Book) half(side Side) *half {
	if side == Buy {
		return &b.bids
	}
	return &b.asks
}

// Place matches an order and lets the remainder rest where it may. Its fills are appended to fills, in the
// order in which they happened; a maker whose remaining quantity is zero has left the book.
func (b *Book) Place(o *Order, fills []Fill) ([]Fill, Remainder) {
	o.book = b
	opposite := b.half(o.Side.Opposite())
	if o.TimeInForce == FillOrKill && !opposite.canFill(o) {
		return fills, CancelledFillOrKill
	}
	fills = opposite.take(o, fills)
	switch {
	case o.RemainingLots == 0:
		return fills, NothingRemains
	case o.Type == Market:
		return fills, CancelledCollar
	case o.TimeInForce == ImmediateOrCancel:
		return fills, CancelledImmediateOrCancel
	}
	b.half(o.Side).rest(o)
	return fills, Rests
}

// Cancel takes a resting order out of the book. Its RemainingLots stay as they were.
func (b *Book) Cancel(o *Order) { b.half(o.Side).remove(o) }

// DayOrders appends the resting day orders that were accepted before a moment: bids, then asks, each best
// price first and oldest first.
func (b *Book) DayOrders(to []*Order, beforeNS int64) []*Order {
	for _, side := range []*half{&b.bids, &b.asks} {
		for i := len(side.levels) - 1; i >= 0; i-- {
			for o := side.levels[i].first; o != nil; o = o.next {
				if o.TimeInForce == Day && o.AcceptedAtNS < beforeNS {
					to = append(to, o)
				}
			}
		}
	}
	return to
}

// Level is what one price holds. A quantity beyond 64 bits shows as the largest 64-bit integer.
type Level struct {
	PriceTicks   int64
	QuantityLots int64
	Orders       int
}

// Depth is the best levels of a side, best first, at most limit of them.
func (b *Book) Depth(side Side, limit int) []Level {
	levels := b.half(side).levels
	depth := make([]Level, 0, min(limit, len(levels)))
	for i := len(levels) - 1; i >= 0 && len(depth) < limit; i-- {
		l := levels[i]
		depth = append(depth, Level{PriceTicks: l.priceTicks, QuantityLots: l.lots.clamped(), Orders: l.orders})
	}
	return depth
}
