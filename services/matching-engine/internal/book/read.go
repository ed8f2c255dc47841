package book

// Depth gives the levels of a side of a listed symbol, best first, at most limit of them.
func (b *Books) Depth(s Symbol, side Side, limit int) []Level {
	t := &b.symbols[s].active[side-1]
	found := make([]Level, 0, min(limit, int(t.levels)))
	for number := t.best; number != 0 && len(found) < limit; number = t.next(&b.ladders, number) {
		l := b.levels.at(number)
		found = append(found, Level{PriceTicks: l.price, QuantityLots: l.shown.capped(), Orders: int(l.orders)})
	}
	return found
}

// Levels counts the prices of all sides and symbols, stop prices included.
func (b *Books) Levels() int { return b.levels.inUse() }

// Order gives an open order.
func (b *Books) Order(id ID) (OpenOrder, bool) {
	slot := b.find(&id)
	if slot == 0 {
		return OpenOrder{}, false
	}
	return b.describe(slot, b.orders.at(slot)), true
}

// OpenOrders gives a page of the open orders in no order that means anything, at most limit of them; it may be
// shorter. The next page begins at next, 0 behind the last. An order that is open all the while is on one page.
// Cursors are valid in the Books that gave them.
func (b *Books) OpenOrders(cursor uint32, limit int) (page []OpenOrder, next uint32) {
	const looksPerOrder = 8
	for looks := 0; cursor < b.orders.used; looks++ {
		if len(page) == limit || looks == looksPerOrder*limit {
			return page, cursor
		}
		cursor++
		if o := b.orders.at(cursor); o.flags.state() != free {
			page = append(page, b.describe(cursor, o))
		}
	}
	return page, 0
}

func (b *Books) describe(slot uint32, o *order) OpenOrder {
	found := OpenOrder{
		ID: o.id, Account: b.accounts.at(o.account).id, Symbol: o.flags.symbol(), Side: o.flags.side(),
		Type: o.flags.orderType(), TimeInForce: o.flags.timeInForce(), Dormant: o.flags.state() == dormant,
		QuantityLots: o.quantity, RemainingLots: o.remaining,
	}
	if found.Dormant {
		found.LimitPriceTicks = b.extensions.at(o.extension).limit
		found.StopPriceTicks = b.stopPrice(o, slot)
	} else {
		found.LimitPriceTicks = b.levels.at(o.level).price
	}
	return found
}

// Dormant counts the stops that wait for their trigger: the takers that one command can add to its own.
func (b *Books) Dormant() int { return int(b.asleep) }

// Showings is how often all open orders together can be shown, and so how many trades can have them as their makers.
func (b *Books) Showings() int64 { return b.showings }

// Display is how many lots an open iceberg shows at most; 0 of every other order.
func (b *Books) Display(id ID) int64 {
	slot := b.find(&id)
	if slot == 0 {
		return 0
	}
	return b.displayOf(b.orders.at(slot))
}
