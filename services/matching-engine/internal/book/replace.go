package book

// Replace changes an open order and gives it a new id (rules C3 to C6): Replaced and what follows, or ReplaceRejected.
func (b *Books) Replace(r *Replacement, to []Event) []Event {
	b.out = to
	slot := b.find(&r.OrderID)
	c := change{}
	if reason := b.plan(r, slot, &c); reason != 0 {
		e := b.emit()
		e.Kind, e.Reason, e.Symbol, e.Account, e.Order, e.Other = ReplaceRejected, reason, NoSymbol, NoAccount, r.OrderID, r.NewID
		return b.done()
	}
	o := b.orders.at(slot)
	s := &b.symbols[o.flags.symbol()]
	b.tellReplaced(r, o, &c)
	if c.keeps {
		b.ids.remove(o.id.Hash(), slot)
		o.id = r.NewID
		b.ids.put(o.id.Hash(), slot)
		b.shrink(o, o.remaining-c.remaining)
		b.resize(o, c.quantity)
		b.setLimit(o, &c)
		return b.done()
	}
	b.requeue(s, slot, o, r, &c)
	b.runLine(s)
	return b.done()
}

// change is what a replacement makes of an order.
type change struct {
	active     bool
	keeps      bool // its place
	limit      int64
	stop       int64 // of a trailing stop: its trail in ticks
	trailBasis int32
	quantity   int64
	remaining  int64
}

// plan finds out what a replacement means, or the first reason of rule C3 against it.
func (b *Books) plan(r *Replacement, slot uint32, c *change) Reason {
	if slot == 0 {
		return OrderNotOpen
	}
	o := b.orders.at(slot)
	s := &b.symbols[o.flags.symbol()]
	switch {
	case b.accounts.at(o.account).id != r.Account:
		return NotOwner
	case r.NewIDUsed || b.find(&r.NewID) != 0:
		return DuplicateOrderID
	case s.phase != Continuous:
		return SymbolHalted
	case !b.applicable(r, o):
		return NotApplicable
	}
	b.outline(r, o, c)
	display := b.displayOf(o)
	switch {
	case !b.trailStillFits(slot, o, c):
		return StopOutOfRange
	case c.remaining <= 0:
		return QuantityFilled
	case display > 0 && showings(c.quantity, display) > MaxShowings:
		return DisplayTooSmall
	case c.quantity != o.quantity && b.partnerOf(o) != 0:
		return OCOQuantity
	case !c.keeps && c.active && o.flags.postOnly() != 0 && !s.postable(o.flags.side(), o.flags.postOnly(), c.limit):
		return WouldTrade
	}
	return 0
}

// trailStillFits says whether a trailing stop's stop price is one with the trail that it shall have (rule G5).
func (b *Books) trailStillFits(slot uint32, o *order, c *change) bool {
	if c.active || o.flags.orderType() != TrailingStop {
		return true
	}
	return trailFits(o.flags.side(), b.markOf(slot, o), c.stop, c.trailBasis)
}

// applicable says whether the order has what the replacement changes.
func (b *Books) applicable(r *Replacement, o *order) bool {
	if o.flags.state() != dormant {
		return r.StopPriceTicks == 0 && r.TrailTicks == 0 && r.TrailBasisPoints == 0
	}
	if o.flags.orderType() != TrailingStop {
		return r.TrailTicks == 0 && r.TrailBasisPoints == 0
	}
	percent := b.extensions.at(o.extension).trailBasis != 0
	return r.StopPriceTicks == 0 && (r.TrailTicks == 0 || !percent) && (r.TrailBasisPoints == 0 || percent)
}

func (b *Books) outline(r *Replacement, o *order, c *change) {
	c.active = o.flags.state() == resting
	c.quantity = o.quantity
	was := change{}
	if c.active {
		was.limit = b.levels.at(o.level).price
	} else {
		e := b.extensions.at(o.extension)
		was.limit, was.stop, was.trailBasis = e.limit, e.stop, e.trailBasis
	}
	c.limit, c.stop, c.trailBasis = was.limit, was.stop, was.trailBasis
	if r.LimitPriceTicks != 0 {
		c.limit = r.LimitPriceTicks
	}
	if r.StopPriceTicks != 0 {
		c.stop = r.StopPriceTicks
	}
	if r.TrailTicks != 0 {
		c.stop = r.TrailTicks
	}
	if r.TrailBasisPoints != 0 {
		c.trailBasis = r.TrailBasisPoints
	}
	if r.QuantityLots != 0 {
		c.quantity = r.QuantityLots
	}
	c.remaining = o.remaining + (c.quantity - o.quantity)
	c.keeps = c.limit == was.limit && c.stop == was.stop && c.trailBasis == was.trailBasis && c.quantity <= o.quantity
}

func (b *Books) tellReplaced(r *Replacement, o *order, c *change) {
	e := b.tell(Replaced, 0, o)
	e.Other, e.KeepsPriority = r.NewID, c.keeps
	e.PriceTicks, e.QuantityLots, e.RemainingLots = c.limit, c.quantity, c.remaining
	switch {
	case c.active:
	case o.flags.orderType() == TrailingStop:
		e.TrailTicks, e.TrailBasisPoints = c.stop, c.trailBasis
	default:
		e.StopPriceTicks = c.stop
	}
}

func (b *Books) setLimit(o *order, c *change) {
	if !c.active {
		e := b.extensions.at(o.extension)
		e.limit, e.stop, e.trailBasis = c.limit, c.stop, c.trailBasis
	}
}

// requeue takes an order from its place: an active one arrives again, a dormant one waits again (rule C5).
func (b *Books) requeue(s *symbolBook, slot uint32, o *order, r *Replacement, c *change) {
	mark := int64(0)
	if !c.active && o.flags.orderType() == TrailingStop {
		mark = b.markOf(slot, o)
	}
	b.detach(slot, o)
	b.resize(o, c.quantity)
	o.id, o.remaining = r.NewID, c.remaining
	b.setLimit(o, c)
	if !c.active {
		b.wait(s, slot, o, mark)
		b.wakeIfReached(s, slot, o)
		return
	}
	b.arrive(s, slot, b.reprice(s, o, c.limit), 0)
}
