package book

import (
	"errors"
	"fmt"
	"math/bits"
)

// Check goes through everything that must always hold between two commands and gives what does not. It is slow, and
// for tests.
func (b *Books) Check() error {
	c := checking{b: b, seen: map[uint32]bool{}}
	for i := range b.symbols {
		c.checkSymbol(Symbol(i), &b.symbols[i])
	}
	c.checkSlabs()
	c.checkAccounts()
	c.checkExpiries()
	return errors.Join(c.wrong...)
}

type checking struct {
	b          *Books
	seen       map[uint32]bool // slots of the open orders
	wrong      []error
	levels     int
	nodes      int
	extensions int
	expiring   int
	showings   int64
	asleep     int64
}

func (c *checking) expect(holds bool, format string, arguments ...any) {
	if !holds {
		c.wrong = append(c.wrong, fmt.Errorf(format, arguments...))
	}
}

func (c *checking) checkSymbol(number Symbol, s *symbolBook) {
	for side := range s.active {
		c.checkTree(s, &s.active[side], queue{activeQueue, Side(side + 1), number})
		c.checkTree(s, &s.stops[side], queue{stopQueue, Side(side + 1), number})
		c.checkTrails(s, queue{trailQueue, Side(side + 1), number})
	}
	bids, asks := &s.active[0], &s.active[1]
	c.expect(bids.best == 0 || asks.best == 0 || bids.bestPrice < asks.bestPrice,
		"%s is crossed: bid %d, ask %d", s.name, bids.bestPrice, asks.bestPrice)
	above, below := s.quietAbove, s.quietBelow
	s.listen(c.b)
	c.expect(above == s.quietAbove && below == s.quietBelow, "%s does not listen where its stops are", s.name)
	c.expect(!s.traded || s.lastPrice <= above && s.lastPrice >= below, "%s: the last trade reaches a stop", s.name)
}

func (c *checking) checkTree(s *symbolBook, t *tree, q queue) {
	found := c.checkBranch(t, t.root, 0)
	c.levels += len(found)
	c.expect(int(t.levels) == len(found), "%s: %d levels, counted as %d", s.name, len(found), t.levels)
	at := t.best
	for _, number := range found {
		c.expect(at == number, "%s: level %d where %d is next", s.name, at, number)
		c.checkLevel(number, q)
		at = t.next(&c.b.ladders, number)
	}
	c.expect(at == 0, "%s: a level behind the last", s.name)
	if t.best != 0 {
		c.expect(t.bestPrice == c.b.levels.at(t.best).price, "%s: the best price", s.name)
	}
}

// checkBranch gives the levels below a child, best first.
func (c *checking) checkBranch(t *tree, child, parent uint32) (found []uint32) {
	if child&nodeBit == 0 {
		if child == 0 {
			return nil
		}
		c.expect(c.b.levels.at(child).node == parent, "level %d does not know its node", child)
		return []uint32{child}
	}
	c.nodes++
	n := c.b.nodes.at(child &^ nodeBit)
	c.expect(n.parent == parent, "node %d does not know its parent", child)
	c.expect(bits.OnesCount64(n.bits) >= 2, "node %d has fewer than two children", child)
	for i, below := range n.children {
		c.expect((below != 0) == (n.bits>>i&1 == 1), "node %d: bit %d", child, i)
		for _, number := range c.checkBranch(t, below, child&^nodeBit) {
			key := t.key(c.b.levels.at(number).price)
			c.expect(n.covers(key) && key>>n.shift&63 == uint64(i), "level %d is below the wrong node", number)
			found = append(found, number)
		}
	}
	return found
}

func (c *checking) checkLevel(number uint32, q queue) {
	l := c.b.levels.at(number)
	shown, reserve, count, before := total{}, total{}, uint32(0), uint32(0)
	for slot := l.first; slot != 0 && count <= l.orders; slot = c.b.orders.at(slot).next {
		o := c.b.orders.at(slot)
		c.expect(o.level == number && o.prev == before, "order %s is linked wrongly", o.id)
		visible := o.remaining
		if q.kind == activeQueue {
			visible = c.b.shown(o)
			c.expect(visible > 0, "order %s shows nothing", o.id)
		} else {
			c.expect(c.b.extensions.at(o.extension).stop == l.price, "order %s waits at a wrong price", o.id)
		}
		shown.add(visible)
		reserve.add(o.remaining - visible)
		c.checkOrder(slot, o, q)
		before = slot
		count++
	}
	c.expect(count == l.orders && count > 0 && l.last == before, "level %d has %d orders, counted as %d", l.price, count, l.orders)
	c.expect(shown == l.shown && reserve == l.reserve, "level %d: its totals are not its orders'", l.price)
}

func (c *checking) checkTrails(s *symbolBook, q queue) {
	for _, t := range s.trails[q.side-1] {
		o := c.b.orders.at(t.slot)
		c.expect(o.level == 0, "trailing stop %s stands in a queue", o.id)
		e := c.b.extensions.at(o.extension)
		c.expect(t.stop == trailed(q.side, t.mark, e.stop, e.trailBasis) && isPrice(t.stop), "trailing stop %s stands wrongly", o.id)
		c.checkOrder(t.slot, o, q)
	}
}

func (c *checking) checkOrder(slot uint32, o *order, q queue) {
	c.expect(!c.seen[slot], "order %s stands in two places", o.id)
	c.seen[slot] = true
	c.expect(c.b.find(&o.id) == slot, "order %s is not found by its id", o.id)
	c.expect(o.flags.symbol() == q.symbol && o.flags.fit(q), "order %s stands in a foreign queue", o.id)
	c.expect(o.flags.state() == resting == (q.kind == activeQueue) && (o.flags.state() == resting || o.flags.state() == dormant),
		"order %s: state %d", o.id, o.flags.state())
	c.expect(o.remaining > 0 && o.remaining <= o.quantity, "order %s: %d of %d lots", o.id, o.remaining, o.quantity)
	if o.flags.state() == dormant {
		c.asleep++
	}
	times := showings(o.quantity, c.b.displayOf(o))
	c.showings += times
	c.expect(times <= MaxShowings, "order %s can be shown %d times", o.id, times)
	c.expect(o.flags.timeInForce() != GoodTillDate || o.extension != 0, "order %s has no expiry", o.id)
	if o.extension == 0 {
		c.expect(q.kind == activeQueue, "stop %s has no prices", o.id)
		return
	}
	c.extensions++
	e := c.b.extensions.at(o.extension)
	if o.flags.timeInForce() == GoodTillDate {
		c.expiring++
		place := int(e.expiryAt) - 1
		c.expect(place >= 0 && place < len(c.b.expiries) && c.b.expiries[place] == expiry{e.expireNS, slot},
			"order %s does not expire", o.id)
	}
	if e.partner != 0 {
		p := c.b.orders.at(e.partner)
		c.expect(c.b.partnerOf(p) == slot && p.account == o.account && p.remaining == o.remaining &&
			p.flags.symbol() == o.flags.symbol() && p.flags.side() == o.flags.side() && p.flags.state() != o.flags.state(),
			"order %s and %s are no pair", o.id, p.id)
	}
}

func (c *checking) checkSlabs() {
	b := c.b
	c.expect(b.orders.inUse() == len(c.seen) && int(b.open) == len(c.seen) && b.ids.count == len(c.seen),
		"%d orders stand somewhere, %d slots, %d counted, %d ids", len(c.seen), b.orders.inUse(), b.open, b.ids.count)
	for slot := uint32(1); slot <= b.orders.used; slot++ {
		c.expect((b.orders.at(slot).flags.state() != free) == c.seen[slot], "slot %d is neither free nor an order's", slot)
	}
	c.expect(b.showings == c.showings, "%d showings, counted as %d", c.showings, b.showings)
	c.expect(b.asleep == c.asleep, "%d orders wait, counted as %d", c.asleep, b.asleep)
	c.expect(b.extensions.inUse() == c.extensions, "%d extensions, %d of orders", b.extensions.inUse(), c.extensions)
	c.expect(b.levels.inUse() == c.levels, "%d levels, %d in trees", b.levels.inUse(), c.levels)
	c.expect(b.nodes.inUse() == c.nodes, "%d nodes, %d in trees", b.nodes.inUse(), c.nodes)
	c.expect(b.line == line{}, "triggered orders still wait")
	c.expect(b.out == nil, "events are left")
}

func (c *checking) checkAccounts() {
	listed := 0
	for i := range c.b.accounts.slab.used {
		number := Account(i)
		a := c.b.accounts.at(number)
		last := map[uint32]int{}
		for at, slot := range a.slots {
			last[slot] = at
		}
		open, before := int64(0), int64(-1<<63)
		for at, slot := range a.slots {
			o := c.b.orders.at(slot)
			if o.flags.state() == free || o.account != number || last[slot] != at {
				continue
			}
			open++
			c.expect(o.acceptedNS >= before, "account %s: order %s is out of the order of acceptance", a.id, o.id)
			before = o.acceptedNS
		}
		c.expect(open == a.open, "account %s has %d orders, counted as %d", a.id, open, a.open)
		listed += int(open)
		found, known := c.b.accounts.find(&a.id)
		c.expect(known && found == number, "account %s is not found", a.id)
	}
	c.expect(listed == len(c.seen), "%d orders in the accounts' lists, %d open", listed, len(c.seen))
}

func (c *checking) checkExpiries() {
	c.expect(len(c.b.expiries) == c.expiring, "%d expiries, %d orders that expire", len(c.b.expiries), c.expiring)
	for i := 1; i < len(c.b.expiries); i++ {
		c.expect(!c.b.earlier(c.b.expiries[i], c.b.expiries[(i-1)/2]), "the heap of expiries is out of order at %d", i)
	}
}
