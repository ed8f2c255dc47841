package book

import (
	"math"
	"math/bits"
)

// trail is a trailing stop that waits, in the order of becoming dormant.
type trail struct {
	slot uint32
	mark int64 // the best trade price since its acceptance: highest for a sell, lowest for a buy
	stop int64 // where it stands now
}

// line is the queue of triggered orders (rule G3), linked through the orders.
type line struct{ first, last uint32 }

// sleep lets a stop wait for its trigger. A trailing one that waited before is given its mark by wait.
func (b *Books) sleep(s *symbolBook, slot uint32, o *order) { b.wait(s, slot, o, s.lastPrice) }

func (b *Books) wait(s *symbolBook, slot uint32, o *order, mark int64) {
	e := b.extensions.at(o.extension)
	side := o.flags.side() - 1
	if o.flags.orderType() == TrailingStop {
		t := trail{slot: slot, mark: mark, stop: trailed(o.flags.side(), mark, e.stop, e.trailBasis)}
		s.trails[side] = append(s.trails[side], t)
	} else {
		t := &s.stops[side]
		number := t.find(&b.ladders, e.stop)
		if number == 0 {
			number = t.insert(&b.ladders, e.stop)
		}
		b.link(number, slot, o)
		b.levels.at(number).shown.add(o.remaining)
	}
	o.flags = o.flags.with(dormant)
	b.asleep++
	b.ids.put(o.id.Hash(), slot)
	s.listen(b)
}

// trailed gives where a trailing stop stands behind its mark (rule G5), with a trail in ticks or in basis points.
func trailed(side Side, mark, distance int64, basis int32) int64 {
	if basis != 0 {
		high, low := bits.Mul64(uint64(mark), uint64(basis))
		quotient, _ := bits.Div64(high, low, 10_000)
		distance = max(int64(quotient), 1)
	}
	if side == Buy {
		return mark + distance
	}
	return mark - distance
}

// trailFits says whether a trailing stop would stand at a price. Later it does, too: its mark moves away from that end.
func trailFits(side Side, mark, distance int64, basis int32) bool {
	return isPrice(trailed(side, mark, distance, basis))
}

// stopPrice gives where the stop of an order that waits or is triggered stands.
func (b *Books) stopPrice(o *order, slot uint32) int64 {
	if o.flags.state() == dormant && o.flags.orderType() == TrailingStop {
		side := o.flags.side() - 1
		trails := b.symbols[o.flags.symbol()].trails[side]
		return trails[trailOf(trails, slot)].stop
	}
	return b.extensions.at(o.extension).stop
}

// markOf gives the mark of a trailing stop that waits.
func (b *Books) markOf(slot uint32, o *order) int64 {
	trails := b.symbols[o.flags.symbol()].trails[o.flags.side()-1]
	return trails[trailOf(trails, slot)].mark
}

func trailOf(trails []trail, slot uint32) int {
	for i := range trails {
		if trails[i].slot == slot {
			return i
		}
	}
	return -1
}

func (s *symbolBook) leaveTrails(side Side, slot uint32) {
	trails := s.trails[side]
	i := trailOf(trails, slot)
	s.trails[side] = append(trails[:i], trails[i+1:]...)
}

// listen finds between which prices a trade moves no mark and triggers nothing, both included.
func (s *symbolBook) listen(b *Books) {
	above, below := int64(math.MaxInt64), int64(math.MinInt64)
	if s.stops[0].best != 0 {
		above = s.stops[0].bestPrice - 1
	}
	if s.stops[1].best != 0 {
		below = s.stops[1].bestPrice + 1
	}
	for _, t := range s.trails[0] {
		above, below = min(above, t.stop-1), max(below, t.mark)
	}
	for _, t := range s.trails[1] {
		above, below = min(above, t.mark), max(below, t.stop+1)
	}
	s.quietAbove, s.quietBelow = above, below
}

// trigger takes note of a trade: marks move, and what it reaches joins the line in the order of rule G4.
func (b *Books) trigger(s *symbolBook, price int64) {
	for side := range s.stops {
		t := &s.stops[side]
		for t.best != 0 && t.within(t.bestPrice, price) {
			number := t.best
			for slot := b.levels.at(number).first; slot != 0; {
				o := b.orders.at(slot)
				next := o.next
				b.joinLine(slot, o)
				slot = next
			}
			t.remove(&b.ladders, number)
		}
	}
	for i := range s.trails {
		b.follow(s, Side(i)+1, price)
	}
	s.listen(b)
}

// follow moves the marks of the trailing stops of one side, and takes out those that the price reaches.
func (b *Books) follow(s *symbolBook, side Side, price int64) {
	kept := s.trails[side-1][:0]
	for _, t := range s.trails[side-1] {
		o := b.orders.at(t.slot)
		e := b.extensions.at(o.extension)
		if side == Buy && price < t.mark || side == Sell && price > t.mark {
			t.mark, t.stop = price, trailed(side, price, e.stop, e.trailBasis)
		}
		if side == Buy && price >= t.stop || side == Sell && price <= t.stop {
			e.stop = t.stop
			b.joinLine(t.slot, o)
			continue
		}
		kept = append(kept, t)
	}
	s.trails[side-1] = kept
}

// joinLine lets a stop that has left its queue act when its turn comes.
func (b *Books) joinLine(slot uint32, o *order) {
	if o.flags.state() == dormant {
		b.asleep--
	}
	o.level, o.prev, o.next = 0, b.line.last, 0
	if b.line.last != 0 {
		b.orders.at(b.line.last).next = slot
	} else {
		b.line.first = slot
	}
	b.line.last = slot
	o.flags = o.flags.with(waiting)
}

func (b *Books) leaveLine(o *order) {
	if o.prev != 0 {
		b.orders.at(o.prev).next = o.next
	} else {
		b.line.first = o.next
	}
	if o.next != 0 {
		b.orders.at(o.next).prev = o.prev
	} else {
		b.line.last = o.prev
	}
}

// wakeIfReached triggers a dormant stop that the last trade reaches (rule G2).
func (b *Books) wakeIfReached(s *symbolBook, slot uint32, o *order) {
	if !s.traded {
		return
	}
	stop := b.stopPrice(o, slot)
	if o.flags.side() == Buy && s.lastPrice < stop || o.flags.side() == Sell && s.lastPrice > stop {
		return
	}
	b.detach(slot, o)
	b.extensions.at(o.extension).stop = stop
	b.joinLine(slot, o)
	b.ids.put(o.id.Hash(), slot)
}

// runLine lets the triggered orders act, one after the other, until none is left.
func (b *Books) runLine(s *symbolBook) {
	for b.line.first != 0 {
		slot := b.line.first
		o := b.orders.at(slot)
		b.detach(slot, o)
		e := b.extensions.at(o.extension)
		b.tell(Triggered, 0, o).PriceTicks = e.stop
		if e.partner != 0 {
			partner := e.partner
			b.part(o, b.orders.at(partner))
			b.takeOut(partner, Cancelled, OneCancelsOther)
		}
		b.arrive(s, slot, e.limit, e.minimum)
	}
}
