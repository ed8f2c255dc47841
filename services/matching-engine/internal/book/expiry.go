package book

// expiry is a good-till-date order in the heap of those: the earliest moment first, then by acceptance, in a pair the
// limit order first (rule E2).
type expiry struct {
	atNS int64
	slot uint32
}

// EndSession expires the day orders that were accepted before a moment (rule E1): Expired events.
func (b *Books) EndSession(endsAtNS int64, to []Event) []Event {
	b.out = to
	for i := range b.symbols {
		b.each(&b.symbols[i], func(slot uint32, o *order) {
			if o.flags.timeInForce() == Day && o.acceptedNS < endsAtNS {
				b.takeOut(slot, Expired, 0)
			}
		})
	}
	return b.done()
}

// ExpireDue expires the good-till-date orders whose moment is at or before a stamp (rule E2): Expired events.
func (b *Books) ExpireDue(stampNS int64, to []Event) []Event {
	b.out = to
	for len(b.expiries) > 0 && b.expiries[0].atNS <= stampNS {
		b.takeOut(b.expiries[0].slot, Expired, 0)
	}
	return b.done()
}

// earlier says which of two expires first.
func (b *Books) earlier(one, other expiry) bool {
	if one.atNS != other.atNS {
		return one.atNS < other.atNS
	}
	first, second := b.orders.at(one.slot), b.orders.at(other.slot)
	if first.acceptedNS != second.acceptedNS {
		return first.acceptedNS < second.acceptedNS
	}
	return !first.flags.orderType().isStop() && second.flags.orderType().isStop()
}

// seat puts an entry into a place of the heap and tells its order: places are counted from 1 there.
func (b *Books) seat(place int, e expiry) {
	b.expiries[place] = e
	b.extensions.at(b.orders.at(e.slot).extension).expiryAt = uint32(place + 1)
}

func (b *Books) expect(slot uint32, o *order) {
	e := expiry{b.extensions.at(o.extension).expireNS, slot}
	b.expiries = append(b.expiries, e)
	b.rise(len(b.expiries)-1, e)
}

func (b *Books) rise(place int, e expiry) {
	for place > 0 {
		parent := (place - 1) / 2
		if !b.earlier(e, b.expiries[parent]) {
			break
		}
		b.seat(place, b.expiries[parent])
		place = parent
	}
	b.seat(place, e)
}

// unexpect takes an order out of the heap.
func (b *Books) unexpect(o *order) {
	place := int(b.extensions.at(o.extension).expiryAt) - 1
	last := len(b.expiries) - 1
	moved := b.expiries[last]
	b.expiries = b.expiries[:last]
	b.extensions.at(o.extension).expiryAt = 0
	if place == last {
		return
	}
	for {
		child := 2*place + 1
		if child >= last {
			break
		}
		if child+1 < last && b.earlier(b.expiries[child+1], b.expiries[child]) {
			child++
		}
		if !b.earlier(b.expiries[child], moved) {
			break
		}
		b.seat(place, b.expiries[child])
		place = child
	}
	b.rise(place, moved)
}
