package book

// arrive lets a taker trade and then rest or leave (rules P3, P5, O and T). Its slot is in no queue.
func (b *Books) arrive(s *symbolBook, slot uint32, price, minimum int64) {
	o := b.orders.at(slot)
	side := o.flags.side()
	if o.flags.timeInForce() == FillOrKill && !b.canTrade(s, o, price, o.remaining) {
		b.takeOut(slot, Cancelled, ReasonFillOrKill)
		return
	}
	if minimum > 0 && !b.canTrade(s, o, price, minimum) {
		b.takeOut(slot, Cancelled, MinimumQuantity)
		return
	}
	if s.crosses(side, price) && !b.match(s, slot, o, price) {
		return
	}
	switch {
	case o.remaining == 0:
		b.release(slot, o)
	case o.flags.mayRest():
		b.rest(s, slot, o, price)
	case o.flags.orderType() == Limit:
		b.takeOut(slot, Cancelled, ReasonImmediateOrCancel)
	default:
		b.takeOut(slot, Cancelled, Collar)
	}
}

// rest puts what remains of an order at the back of the queue of its limit.
func (b *Books) rest(s *symbolBook, slot uint32, o *order, price int64) {
	t := &s.active[o.flags.side()-1]
	number := t.find(&b.ladders, price)
	if number == 0 {
		if int64(t.levels) >= b.limits.LevelsPerSide {
			b.takeOut(slot, Cancelled, TooManyLevels)
			return
		}
		number = t.insert(&b.ladders, price)
	}
	shown := o.remaining
	if o.extension != 0 {
		e := b.extensions.at(o.extension)
		e.limit, e.stop, e.minimum = 0, 0, 0
		if e.display > 0 {
			e.shown = min(e.display, o.remaining)
			shown = e.shown
			b.levels.at(number).reserve.add(o.remaining - shown)
		}
	}
	b.link(number, slot, o)
	b.levels.at(number).shown.add(shown)
	o.flags = o.flags.with(resting)
	b.ids.put(o.id.Hash(), slot)
}

// match trades a taker with the other side until it has no lots, or the touch is beyond its limit. It gives false when
// self-trade prevention or the limit of trades (rule P8) took the taker out.
func (b *Books) match(s *symbolBook, slot uint32, o *order, price int64) bool {
	t := &s.active[o.flags.side().Opposite()-1]
	prevention, trades := o.flags.selfTrade(), int64(0)
	for o.remaining > 0 && t.best != 0 && t.within(t.bestPrice, price) {
		if trades >= b.limits.TradesPerOrder {
			b.takeOut(slot, Cancelled, TooManyTrades)
			return false
		}
		l := b.levels.at(t.best)
		makerSlot := l.first
		maker := b.orders.at(makerSlot)
		if prevention != 0 && maker.account == o.account {
			if !b.prevent(slot, o, makerSlot, maker) {
				return false
			}
			continue
		}
		b.trade(s, t, l, makerSlot, maker, o)
		trades++
	}
	return true
}

// trade lets a taker and the first order of the touch trade once.
func (b *Books) trade(s *symbolBook, t *tree, l *level, makerSlot uint32, maker, taker *order) {
	shown := b.shown(maker)
	lots := min(shown, taker.remaining)
	price := l.price
	maker.remaining -= lots
	taker.remaining -= lots
	l.shown.subtract(lots)

	e := b.emit()
	e.Kind, e.Symbol, e.Side = Traded, maker.flags.symbol(), taker.flags.side()
	e.Account, e.TakerAccount, e.Order, e.Other = maker.account, taker.account, maker.id, taker.id
	e.PriceTicks, e.QuantityLots = price, lots
	e.RemainingLots, e.TakerRemainingLots = maker.remaining, taker.remaining

	if maker.extension != 0 {
		b.traded(l, makerSlot, maker, lots)
	}
	if taker.extension != 0 {
		b.shrinkPartner(taker, lots)
	}
	if maker.remaining == 0 {
		b.ids.remove(maker.id.Hash(), makerSlot)
		b.unlink(l, maker)
		if l.orders == 0 {
			t.remove(&b.ladders, t.best)
		}
		b.release(makerSlot, maker)
	}
	s.lastPrice, s.traded = price, true
	if price > s.quietAbove || price < s.quietBelow {
		b.trigger(s, price)
	}
}

// traded brings the extension of a maker up to date: an iceberg shows new lots at the back of its queue when what it
// showed is used up (rule O6), a partner shrinks (L3).
func (b *Books) traded(l *level, slot uint32, maker *order, lots int64) {
	e := b.extensions.at(maker.extension)
	if e.display > 0 {
		e.shown -= lots
		if e.shown == 0 && maker.remaining > 0 {
			e.shown = min(e.display, maker.remaining)
			l.reserve.subtract(e.shown)
			l.shown.add(e.shown)
			number := maker.level
			b.unlink(l, maker)
			b.link(number, slot, maker)
		}
	}
	b.shrinkPartner(maker, lots)
}

// shrinkPartner takes what one order of a pair has lost, by a trade or a reduction, from the other (rule L3).
func (b *Books) shrinkPartner(o *order, lots int64) {
	slot := b.partnerOf(o)
	if slot == 0 {
		return
	}
	partner := b.orders.at(slot)
	if partner.remaining <= lots {
		b.part(o, partner)
		b.takeOut(slot, Cancelled, OneCancelsOther)
		return
	}
	b.reduce(partner, lots, OneCancelsOther)
}

// reduce takes lots away from an order that keeps some, and its place: an iceberg's reserve goes first.
func (b *Books) reduce(o *order, lots int64, reason Reason) {
	b.shrink(o, lots)
	e := b.tell(Reduced, reason, o)
	e.QuantityLots, e.RemainingLots = lots, o.remaining
}

// shrink lowers the remaining lots of an order, wherever it is, and the totals of its level.
func (b *Books) shrink(o *order, lots int64) {
	hidden := int64(0)
	if o.flags.state() == resting && o.extension != 0 {
		if e := b.extensions.at(o.extension); e.display > 0 {
			hidden = min(o.remaining-e.shown, lots)
			e.shown -= lots - hidden
		}
	}
	o.remaining -= lots
	if o.level != 0 {
		l := b.levels.at(o.level)
		l.reserve.subtract(hidden)
		l.shown.subtract(lots - hidden)
	}
}

// canTrade says whether a taker could trade so many lots at once (rule T5).
func (b *Books) canTrade(s *symbolBook, o *order, price, lots int64) bool {
	t := &s.active[o.flags.side().Opposite()-1]
	prevention := o.flags.selfTrade()
	if b.accounts.at(o.account).open == 1 {
		prevention = 0 // the taker is its account's only order
	}
	count := tally{account: o.account, prevention: prevention, left: o.remaining}
	left := b.limits.TradesPerOrder
	for number := t.best; number != 0 && t.within(b.levels.at(number).price, price); number = t.next(&b.ladders, number) {
		l := b.levels.at(number)
		if left -= b.tradesOf(l, left); left < 0 {
			return false
		}
		b.countLevel(&count, l)
		if count.lots >= lots {
			return true
		}
		if count.left == 0 {
			return false
		}
	}
	return false
}

// tradesOf counts with how many trades a taker could take a level whole: one for each of its makers, and one more for
// each time that the reserve of an iceberg would be shown. It stops counting beyond so many.
func (b *Books) tradesOf(l *level, most int64) int64 {
	trades := int64(l.orders)
	if l.reserve == (total{}) {
		return trades
	}
	for slot := l.first; slot != 0 && trades <= most; {
		o := b.orders.at(slot)
		slot = o.next
		if reserve := o.remaining - b.shown(o); reserve > 0 {
			trades += showings(reserve, b.displayOf(o))
		}
	}
	return trades
}

// tally counts what a taker could trade.
type tally struct {
	account    Account
	prevention SelfTrade
	lots       int64
	left       int64 // what the taker may still trade; 0 when its own maker ends the count
}

func (c *tally) take(lots int64) {
	lots = min(lots, c.left)
	c.lots += lots
	c.left -= lots
}

// countLevel counts a level in the order of the match: what is shown, then the reserves. The taker's own makers are
// met while that which is shown is used up for the first time.
func (b *Books) countLevel(c *tally, l *level) {
	if c.prevention == 0 {
		c.take(l.shown.capped())
		c.take(l.reserve.capped())
		return
	}
	reserve := total{}
	for slot := l.first; slot != 0 && c.left > 0; {
		o := b.orders.at(slot)
		slot = o.next
		if o.account != c.account {
			shown := b.shown(o)
			c.take(shown)
			reserve.add(o.remaining - shown)
			continue
		}
		switch c.prevention {
		case CancelNewest, CancelBoth:
			c.left = 0
		case Decrement:
			c.left -= min(c.left, o.remaining)
		}
	}
	c.take(reserve.capped())
}
