package book

// prevent keeps a taker from trading with a maker of its own account, as its mode says (rules S2 and S3). It gives
// false when the taker left.
func (b *Books) prevent(slot uint32, o *order, makerSlot uint32, maker *order) bool {
	switch o.flags.selfTrade() {
	case CancelNewest:
		b.takeOut(slot, Cancelled, SelfTraded)
		return false
	case CancelOldest:
		b.takeOut(makerSlot, Cancelled, SelfTraded)
		return true
	case CancelBoth:
		b.takeOut(makerSlot, Cancelled, SelfTraded)
		b.takeOut(slot, Cancelled, SelfTraded)
		return false
	}
	lots := min(o.remaining, maker.remaining)
	b.decrement(makerSlot, maker, lots)
	return b.decrement(slot, o, lots)
}

// decrement takes lots from an order without a trade. It gives false when that was all, and the order left.
func (b *Books) decrement(slot uint32, o *order, lots int64) bool {
	if o.remaining == lots {
		b.takeOut(slot, Cancelled, SelfTraded)
		return false
	}
	b.reduce(o, lots, SelfTraded)
	b.shrinkPartner(o, lots)
	return true
}
