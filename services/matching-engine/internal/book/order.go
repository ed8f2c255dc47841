package book

// order is an open order, or the taker of the moment: one cache line of 64 bytes. Its price is its level's. What few
// orders have is in their extension.
type order struct {
	id         ID
	acceptedNS int64
	quantity   int64  // lots, with what has traded
	remaining  int64  // lots, shown and reserve
	level      uint32 // where it queues; 0: a trailing stop, or in no queue
	prev, next uint32 // neighbours in the queue of its level, or in the line of triggered orders
	account    Account
	extension  uint32
	flags      flags
}

// extension holds what few orders have.
type extension struct {
	limit      int64 // of an order that is not active: limit or collar
	stop       int64 // stop price; of a trailing stop its trail in ticks, and where it stood once it is triggered
	display    int64 // iceberg: the most that it shows; 0: no iceberg
	shown      int64 // iceberg: of the remaining lots, those that stand in the queue
	minimum    int64 // dormant stop limit: minimum lots
	expireNS   int64 // good till date
	expiryAt   uint32
	partner    uint32 // the other order of a pair
	trailBasis int32  // trailing stop: ten-thousandths, or 0
	_          uint32
}

// state says where an order is.
type state uint32

const (
	free    state = iota
	taking        // it arrives: in no queue, not in the id index
	resting       // active: in the queue of its limit
	dormant       // a stop that waits: in the queue of its stop price, or among the trailing stops
	waiting       // triggered, in the line to act
)

// flags packs an order's small fields: side 1 bit, type 3, time in force 3, self-trade prevention 3, post-only 2,
// state 3, symbol 17.
type flags uint32

// MaxSymbols is the most symbols that books can hold, whatever the limit.
const MaxSymbols = 1 << 17

const symbolBit = 15

func flagsOf(o *Order) flags {
	return flags(o.Side-1) | flags(o.Type)<<1 | flags(o.TimeInForce)<<4 | flags(o.SelfTrade)<<7 |
		flags(o.PostOnly)<<10 | flags(o.Symbol)<<symbolBit
}

func (f flags) side() Side               { return Side(f&1) + 1 }
func (f flags) orderType() OrderType     { return OrderType(f >> 1 & 7) }
func (f flags) timeInForce() TimeInForce { return TimeInForce(f >> 4 & 7) }
func (f flags) selfTrade() SelfTrade     { return SelfTrade(f >> 7 & 7) }
func (f flags) postOnly() PostOnly       { return PostOnly(f >> 10 & 3) }
func (f flags) state() state             { return state(f >> 12 & 7) }
func (f flags) symbol() Symbol           { return Symbol(f >> symbolBit) }
func (f flags) with(s state) flags       { return f&^(7<<12) | flags(s)<<12 }

// isStop says whether an order of this type waits for a trigger.
func (t OrderType) isStop() bool { return t >= Stop }

// mayRest says whether a remainder goes into the book: rules O2, O3, O5, T4 and T5.
func (f flags) mayRest() bool {
	return (f.orderType() == Limit || f.orderType() == StopLimit) && f.timeInForce() <= GoodTillDate
}

// shown gives the lots that stand in the queue.
func (b *Books) shown(o *order) int64 {
	if o.extension != 0 {
		if e := b.extensions.at(o.extension); e.display > 0 {
			return e.shown
		}
	}
	return o.remaining
}

// showings is how often an order can be shown, at most, and so how many trades can have it as their maker.
func showings(quantity, display int64) int64 {
	if display == 0 {
		return 1
	}
	return (quantity-1)/display + 1
}

func (b *Books) displayOf(o *order) int64 {
	if o.extension == 0 {
		return 0
	}
	return b.extensions.at(o.extension).display
}

// resize changes the quantity of an order.
func (b *Books) resize(o *order, quantity int64) {
	if display := b.displayOf(o); display > 0 {
		b.showings += showings(quantity, display) - showings(o.quantity, display)
	}
	o.quantity = quantity
}

func (b *Books) partnerOf(o *order) uint32 {
	if o.extension == 0 {
		return 0
	}
	return b.extensions.at(o.extension).partner
}

// find gives the slot of an open order, 0 when there is none.
func (b *Books) find(id *ID) uint32 {
	hash := id.Hash()
	for slot, place := b.ids.next(hash, hash); slot != 0; slot, place = b.ids.next(hash, place) {
		if b.orders.at(slot).id == *id {
			return slot
		}
	}
	return 0
}
