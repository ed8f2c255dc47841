package book

// Place decides a new order: Accepted and what follows from it, or Rejected alone. Stamps rise from command to command.
func (b *Books) Place(o *Order, stampNS int64, to []Event) []Event {
	b.out = to
	if reason := b.refusal(o, nil, stampNS); reason != 0 {
		b.reject(o, 0, reason)
		return b.done()
	}
	s := &b.symbols[o.Symbol]
	slot := b.accept(o, stampNS)
	taker := b.orders.at(slot)
	b.tell(Accepted, 0, taker)
	if o.Type.isStop() {
		b.sleep(s, slot, taker)
		b.wakeIfReached(s, slot, taker)
	} else {
		b.arrive(s, slot, b.reprice(s, taker, o.LimitPriceTicks), o.MinimumLots)
	}
	b.runLine(s)
	return b.done()
}

// PlacePair decides a pair of which one cancels the other (rules L1, L2): both are accepted or both rejected.
func (b *Books) PlacePair(limit, stop *Order, stampNS int64, to []Event) []Event {
	b.out = to
	if reason := b.refusal(limit, stop, stampNS); reason != 0 {
		b.reject(limit, 0, reason)
		b.reject(stop, 1, reason)
		return b.done()
	}
	s := &b.symbols[limit.Symbol]
	limitSlot, stopSlot := b.accept(limit, stampNS), b.accept(stop, stampNS)
	limitLeg, stopLeg := b.orders.at(limitSlot), b.orders.at(stopSlot)
	b.extend(limitLeg).partner, b.extend(stopLeg).partner = stopSlot, limitSlot
	b.tell(Accepted, 0, limitLeg).Other = stop.ID
	e := b.tell(Accepted, 0, stopLeg)
	e.Other, e.Leg = limit.ID, 1
	b.sleep(s, stopSlot, stopLeg)
	b.arrive(s, limitSlot, limit.LimitPriceTicks, 0)
	if stopLeg.flags.state() == dormant {
		b.wakeIfReached(s, stopSlot, stopLeg)
	}
	b.runLine(s)
	return b.done()
}

func (b *Books) reject(o *Order, leg uint8, reason Reason) {
	e := b.emit()
	e.Kind, e.Reason, e.Leg, e.Symbol, e.Account, e.Order = Rejected, reason, leg, o.Symbol, NoAccount, o.ID
}

// refusal gives the first reason of rule D4 that holds for an order, or for either one of a pair.
func (b *Books) refusal(o, pair *Order, stampNS int64) Reason {
	if int(o.Symbol) >= len(b.symbols) {
		return UnknownSymbol
	}
	if o.Used || b.find(&o.ID) != 0 || pair != nil && (pair.Used || pair.ID == o.ID || b.find(&pair.ID) != 0) {
		return DuplicateOrderID
	}
	s := &b.symbols[o.Symbol]
	if s.phase != Continuous {
		return SymbolHalted
	}
	stop, orders := o, int64(1)
	if pair != nil {
		stop, orders = pair, 2
	}
	if o.TimeInForce == GoodTillDate && (o.ExpireAtNS <= stampNS || stop.ExpireAtNS <= stampNS) {
		return AlreadyExpired
	}
	if b.open+orders > b.limits.OpenOrders {
		return TooManyOpenOrders
	}
	if account, known := b.accounts.find(&o.Account); known {
		orders += b.accounts.at(account).open
	}
	if orders > b.limits.OpenOrdersPerAccount {
		return TooManyOpenOrdersOfAccount
	}
	if stop.Type == TrailingStop {
		if !s.traded {
			return NoReferencePrice
		}
		if !trailFits(stop.Side, s.lastPrice, stop.TrailTicks, stop.TrailBasisPoints) {
			return StopOutOfRange
		}
		if int64(len(s.trails[0])+len(s.trails[1])) >= b.limits.TrailingStopsPerSymbol {
			return TooManyTrailingStops
		}
	}
	if o.PostOnly != 0 && !s.postable(o.Side, o.PostOnly, o.LimitPriceTicks) {
		return WouldTrade
	}
	return 0
}

// accept takes a new order in: it has a slot and counts as open, but stands nowhere yet.
func (b *Books) accept(o *Order, stampNS int64) uint32 {
	slot := b.orders.take()
	account := b.accounts.intern(&o.Account)
	taken := b.orders.at(slot)
	taken.id, taken.acceptedNS = o.ID, stampNS
	taken.quantity, taken.remaining = o.QuantityLots, o.QuantityLots
	taken.level, taken.prev, taken.next = 0, 0, 0
	taken.account, taken.extension, taken.flags = account, 0, flagsOf(o).with(taking)
	b.open++
	b.accounts.at(account).open++
	b.showings += showings(o.QuantityLots, o.DisplayLots)
	if o.Type != Market && o.TimeInForce <= GoodTillDate {
		b.note(account, slot)
	}
	if o.Type.isStop() {
		e := b.extend(taken)
		e.limit, e.stop, e.minimum, e.trailBasis = o.LimitPriceTicks, o.StopPriceTicks, o.MinimumLots, o.TrailBasisPoints
		if o.Type == TrailingStop {
			e.stop = o.TrailTicks
		}
	}
	if o.DisplayLots > 0 {
		b.extend(taken).display = o.DisplayLots
	}
	if o.TimeInForce == GoodTillDate {
		b.extend(taken).expireNS = o.ExpireAtNS
		b.expect(slot, taken)
	}
	return slot
}

// extend gives an order's extension, a new one when it had none.
func (b *Books) extend(o *order) *extension {
	if o.extension == 0 {
		o.extension = b.extensions.take()
		*b.extensions.at(o.extension) = extension{}
	}
	return b.extensions.at(o.extension)
}

// crosses says whether an order of a side with this limit would trade now.
func (s *symbolBook) crosses(side Side, limit int64) bool {
	t := &s.active[side.Opposite()-1]
	return t.best != 0 && t.within(t.bestPrice, limit)
}

func isPrice(ticks int64) bool { return ticks >= 1 && ticks <= MaxNumber }

// postable says whether a post-only order may rest, at its limit or at another price (rule O7).
func (s *symbolBook) postable(side Side, post PostOnly, limit int64) bool {
	return !s.crosses(side, limit) || post == PostOnlyReprice && isPrice(s.behind(side))
}

// behind gives the price one tick behind the other side's touch, which must exist.
func (s *symbolBook) behind(side Side) int64 {
	if side == Buy {
		return s.active[Sell-1].bestPrice - 1
	}
	return s.active[Buy-1].bestPrice + 1
}

// reprice gives the price at which an order that was let in arrives: its limit, but for a post-only one that would trade.
func (b *Books) reprice(s *symbolBook, o *order, limit int64) int64 {
	if o.flags.postOnly() != PostOnlyReprice || !s.crosses(o.flags.side(), limit) {
		return limit
	}
	price := s.behind(o.flags.side())
	b.tell(Repriced, 0, o).PriceTicks = price
	return price
}
