package book

// Cancel takes an order of an account out (rule C1): Cancelled, or CancelRejected.
func (b *Books) Cancel(order, account ID, to []Event) []Event {
	b.out = to
	slot := b.find(&order)
	reason := OrderNotOpen
	if slot != 0 {
		if b.accounts.at(b.orders.at(slot).account).id == account {
			b.takeOut(slot, Cancelled, Requested)
			return b.done()
		}
		reason = NotOwner
	}
	e := b.emit()
	e.Kind, e.Reason, e.Symbol, e.Account, e.Order = CancelRejected, reason, NoSymbol, NoAccount, order
	return b.done()
}

// takeOut ends an order that has lots left, wherever it is, and its partner after it (rule L4).
func (b *Books) takeOut(slot uint32, kind EventKind, reason Reason) {
	o := b.orders.at(slot)
	b.detach(slot, o)
	b.tell(kind, reason, o).RemainingLots = o.remaining
	partner := b.partnerOf(o)
	if partner != 0 {
		b.part(o, b.orders.at(partner))
	}
	b.release(slot, o)
	if partner != 0 {
		b.takeOut(partner, Cancelled, OneCancelsOther)
	}
}

// part makes two orders strangers.
func (b *Books) part(o, partner *order) {
	b.extensions.at(o.extension).partner = 0
	b.extensions.at(partner.extension).partner = 0
}

// detach takes an order out of its queue and the id index. It is then a taker: open, but nowhere.
func (b *Books) detach(slot uint32, o *order) {
	if o.flags.state() == taking {
		return
	}
	b.ids.remove(o.id.Hash(), slot)
	s := &b.symbols[o.flags.symbol()]
	side := o.flags.side() - 1
	switch o.flags.state() {
	case resting:
		b.leaveLevel(&s.active[side], o)
	case waiting:
		b.leaveLine(o)
	case dormant:
		b.asleep--
		if o.flags.orderType() == TrailingStop {
			s.leaveTrails(side, slot)
		} else {
			b.leaveLevel(&s.stops[side], o)
		}
		s.listen(b)
	}
	o.level = 0
	o.flags = o.flags.with(taking)
}

// leaveLevel takes an order out of its queue, and an empty level out of its tree.
func (b *Books) leaveLevel(t *tree, o *order) {
	l := b.levels.at(o.level)
	b.unlink(l, o)
	if l.orders == 0 {
		t.remove(&b.ladders, o.level)
		return
	}
	shown := o.remaining
	if o.extension != 0 && o.flags.state() == resting {
		shown = b.shown(o)
		l.reserve.subtract(o.remaining - shown)
	}
	l.shown.subtract(shown)
}

// release gives back what an order that stands nowhere had.
func (b *Books) release(slot uint32, o *order) {
	b.open--
	b.accounts.at(o.account).open--
	b.showings -= showings(o.quantity, b.displayOf(o))
	if o.extension != 0 {
		if b.extensions.at(o.extension).expiryAt != 0 {
			b.unexpect(o)
		}
		b.extensions.giveBack(o.extension)
	}
	o.flags = 0
	b.orders.giveBack(slot)
}

// CancelAll cancels the open orders of an account, a symbol, or an account in a symbol (rule C2), each as Cancel does,
// and ends with AllCancelled. The zero account and NoSymbol stand for any; one of them must be given.
func (b *Books) CancelAll(account ID, symbol Symbol, to []Event) []Event {
	b.out = to
	open := b.open
	if account != (ID{}) {
		b.cancelAccount(account, symbol)
	} else if int(symbol) < len(b.symbols) {
		b.each(&b.symbols[symbol], func(slot uint32, _ *order) { b.takeOut(slot, Cancelled, Requested) })
	}
	e := b.emit()
	e.Kind, e.Symbol, e.Account, e.QuantityLots = AllCancelled, symbol, NoAccount, open-b.open
	return b.done()
}

func (b *Books) cancelAccount(id ID, symbol Symbol) {
	number, known := b.accounts.find(&id)
	if !known {
		return
	}
	a := b.accounts.at(number)
	b.compact(number, a)
	for _, slot := range a.slots {
		o := b.orders.at(slot)
		if o.flags.state() != free && (symbol == NoSymbol || o.flags.symbol() == symbol) {
			b.takeOut(slot, Cancelled, Requested)
		}
	}
}

// each visits a symbol's open orders in the order of rule C2: bids and asks, best price first and by queue, then the
// stops in the order of rule G4. The visit may take out the order that it is given, with its partner.
func (b *Books) each(s *symbolBook, visit func(slot uint32, o *order)) {
	for side := range s.active {
		b.eachIn(&s.active[side], visit)
	}
	for side := range s.stops {
		b.eachIn(&s.stops[side], visit)
	}
	for side := range s.trails {
		for i := 0; i < len(s.trails[side]); {
			slot := s.trails[side][i].slot
			visit(slot, b.orders.at(slot))
			if i < len(s.trails[side]) && s.trails[side][i].slot == slot {
				i++
			}
		}
	}
}

// eachIn visits the orders of a tree. Partners stand in other trees, so the next order is there after the visit.
func (b *Books) eachIn(t *tree, visit func(slot uint32, o *order)) {
	for number := t.best; number != 0; {
		l := b.levels.at(number)
		slot := l.first
		number = t.next(&b.ladders, number)
		for slot != 0 {
			o := b.orders.at(slot)
			next := o.next
			visit(slot, o)
			slot = next
		}
	}
}
