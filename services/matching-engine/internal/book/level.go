package book

import (
	"math"
	"math/bits"
)

// level is one price of one side, a queue of orders: one cache line.
type level struct {
	price       int64
	first, last uint32
	orders      uint32
	node        uint32 // where it hangs in its tree
	shown       total
	reserve     total
	_           [8]byte
}

// total is a sum of lots beyond 64 bits.
type total struct{ low, high uint64 }

func (t *total) add(lots int64) {
	low, carry := bits.Add64(t.low, uint64(lots), 0)
	t.low, t.high = low, t.high+carry
}

func (t *total) subtract(lots int64) {
	low, borrow := bits.Sub64(t.low, uint64(lots), 0)
	t.low, t.high = low, t.high-borrow
}

// capped gives the total, or the largest 64-bit integer where it is greater.
func (t *total) capped() int64 {
	if t.high != 0 || t.low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(t.low)
}

// link puts an order at the back of a level's queue.
func (b *Books) link(number, slot uint32, o *order) {
	l := b.levels.at(number)
	o.level, o.prev, o.next = number, l.last, 0
	if l.last != 0 {
		b.orders.at(l.last).next = slot
	} else {
		l.first = slot
	}
	l.last = slot
	l.orders++
}

// unlink takes an order out of its level's queue. An empty level stays until the caller removes it.
func (b *Books) unlink(l *level, o *order) {
	if o.prev != 0 {
		b.orders.at(o.prev).next = o.next
	} else {
		l.first = o.next
	}
	if o.next != 0 {
		b.orders.at(o.next).prev = o.prev
	} else {
		l.last = o.prev
	}
	l.orders--
}
