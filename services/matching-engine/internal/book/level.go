package book

import (
	"math"
	"math/bits"
	"slices"
)

// level is the queue of orders at one price, in arrival order.
type level struct {
	priceTicks  int64
	rank        int64
	first, last *Order
	orders      int
	lots        total
}

func (l *level) push(o *Order) {
	o.level, o.prev, o.next = l, l.last, nil
	if l.last != nil {
		l.last.next = o
	} else {
		l.first = o
	}
	l.last = o
	l.orders++
	l.lots.add(o.RemainingLots)
}

func (l *level) unlink(o *Order) {
	if o.prev != nil {
		o.prev.next = o.next
	} else {
		l.first = o.next
	}
	if o.next != nil {
		o.next.prev = o.prev
	} else {
		l.last = o.prev
	}
	o.level, o.prev, o.next = nil, nil, nil
	l.orders--
	l.lots.subtract(o.RemainingLots)
}

// half is one side of the book; see the package comment.
type half struct {
	side   Side
	levels []*level
}

// rank grows with how good a price is for whoever trades against this half.
func (h *half) rank(priceTicks int64) int64 {
	if h.side == Buy {
		return priceTicks
	}
	return -priceTicks
}

func (h *half) best() *level {
	if len(h.levels) == 0 {
		return nil
	}
	return h.levels[len(h.levels)-1]
}

func (h *half) find(rank int64) (int, bool) {
	return slices.BinarySearchFunc(h.levels, rank, func(l *level, rank int64) int {
		switch {
		case l.rank < rank:
			return -1
		case l.rank > rank:
			return 1
		}
		return 0
	})
}

func (h *half) rest(o *Order) {
	rank := h.rank(o.LimitPriceTicks)
	at, found := h.find(rank)
	if !found {
		h.levels = slices.Insert(h.levels, at, &level{priceTicks: o.LimitPriceTicks, rank: rank})
	}
	h.levels[at].push(o)
}

func (h *half) remove(o *Order) {
	l := o.level
	l.unlink(o)
	if l.orders > 0 {
		return
	}
	at, _ := h.find(l.rank)
	h.levels = slices.Delete(h.levels, at, at+1)
}

// canFill says whether the orders within the taker's limit suffice to fill it wholly.
func (h *half) canFill(taker *Order) bool {
	limit := h.rank(taker.LimitPriceTicks)
	needed := taker.RemainingLots
	for i := len(h.levels) - 1; i >= 0 && h.levels[i].rank >= limit; i-- {
		if h.levels[i].lots.atLeast(needed) {
			return true
		}
		needed -= h.levels[i].lots.clamped()
	}
	return false
}

// take trades the taker against this half, best price first and oldest order first within a price.
func (h *half) take(taker *Order, fills []Fill) []Fill {
	limit := h.rank(taker.LimitPriceTicks)
	for taker.RemainingLots > 0 {
		l := h.best()
		if l == nil || l.rank < limit {
			break
		}
		maker := l.first
		quantity := min(maker.RemainingLots, taker.RemainingLots)
		maker.RemainingLots -= quantity
		taker.RemainingLots -= quantity
		l.lots.subtract(quantity)
		fills = append(fills, Fill{
			Maker: maker, PriceTicks: l.priceTicks, QuantityLots: quantity,
			MakerRemainingLots: maker.RemainingLots, TakerRemainingLots: taker.RemainingLots,
		})
		if maker.RemainingLots == 0 {
			h.remove(maker)
		}
	}
	return fills
}

// total is a sum of lots. Ten thousand orders of 10^15 lots at one price exceed 64 bits, so it has 128.
type total struct{ high, low uint64 }

func (t *total) add(lots int64) {
	var carry uint64
	t.low, carry = bits.Add64(t.low, uint64(lots), 0)
	t.high += carry
}

func (t *total) subtract(lots int64) {
	var borrow uint64
	t.low, borrow = bits.Sub64(t.low, uint64(lots), 0)
	t.high -= borrow
}

func (t total) atLeast(lots int64) bool { return t.high > 0 || t.low >= uint64(lots) }

// clamped is the sum, or the largest 64-bit integer when it is more.
func (t total) clamped() int64 {
	if t.high > 0 || t.low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(t.low)
}
