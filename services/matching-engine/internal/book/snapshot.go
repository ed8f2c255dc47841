package book

import "encoding/binary"

const snapshotVersion = 1

// What an order in a snapshot has besides the rest.
const (
	hasDisplay = 1 << iota
	hasMinimum
	hasExpiry
	hasPartner
)

// AppendSnapshot appends everything that decisions depend on. Equal states give equal bytes, whatever way they were
// reached: orders stand in the order of rule C2, accounts are numbered by their first order there. Little endian:
//
//	version u32 | limits 6 x i64
//	symbols u32 | each: name length u8, name, phase u8, traded u8, last price i64
//	accounts u32 | each: id
//	each symbol, each of bids, asks, buy stops, sell stops, trailing buys, trailing sells: orders u32 | each order
//
// An order: id | account u32 | accepted i64 | quantity i64 | remaining i64 | flags u32 without state and symbol | has u8 |
// price i64 (limit, stop price, or mark of a trailing stop) | of a stop limit i64, of a trailing one also ticks i64 and
// basis points u32 | display i64, shown i64 | minimum i64 | expiry i64 | id of the limit order that it is paired with.
func (b *Books) AppendSnapshot(to []byte) []byte {
	to = binary.LittleEndian.AppendUint32(to, snapshotVersion)
	for _, limit := range b.limits.list() {
		to = appendInt(to, *limit)
	}
	to = binary.LittleEndian.AppendUint32(to, uint32(len(b.symbols)))
	for i := range b.symbols {
		s := &b.symbols[i]
		to = append(append(to, byte(len(s.name))), s.name...)
		to = append(to, byte(s.phase), boolByte(s.traded))
		to = appendInt(to, s.lastPrice)
	}
	to, numbers := b.appendAccounts(to)
	for i := range b.symbols {
		s := &b.symbols[i]
		for side := range s.active {
			to = b.appendTree(to, &s.active[side], numbers)
		}
		for side := range s.stops {
			to = b.appendTree(to, &s.stops[side], numbers)
		}
		for side := range s.trails {
			to = binary.LittleEndian.AppendUint32(to, uint32(len(s.trails[side])))
			for _, t := range s.trails[side] {
				to = b.appendOrder(to, b.orders.at(t.slot), t.mark, numbers)
			}
		}
	}
	return to
}

// list gives the limits in one order.
func (l *Limits) list() [6]*int64 {
	return [6]*int64{&l.OpenOrders, &l.OpenOrdersPerAccount, &l.LevelsPerSide, &l.Symbols, &l.TrailingStopsPerSymbol, &l.TradesPerOrder}
}

func appendInt(to []byte, value int64) []byte {
	return binary.LittleEndian.AppendUint64(to, uint64(value))
}

func boolByte(value bool) byte {
	if value {
		return 1
	}
	return 0
}

// appendAccounts numbers the accounts that have open orders, and gives those numbers by account.
func (b *Books) appendAccounts(to []byte) ([]byte, []uint32) {
	numbers := make([]uint32, b.accounts.slab.used)
	count, at := uint32(0), len(to)
	to = binary.LittleEndian.AppendUint32(to, 0)
	for i := range b.symbols {
		b.each(&b.symbols[i], func(_ uint32, o *order) {
			if numbers[o.account] == 0 {
				count++
				numbers[o.account] = count
				to = append(to, b.accounts.at(o.account).id[:]...)
			}
		})
	}
	binary.LittleEndian.PutUint32(to[at:], count)
	return to, numbers
}

func (b *Books) appendTree(to []byte, t *tree, numbers []uint32) []byte {
	count, at := uint32(0), len(to)
	to = binary.LittleEndian.AppendUint32(to, 0)
	b.eachIn(t, func(_ uint32, o *order) {
		count++
		to = b.appendOrder(to, o, b.levels.at(o.level).price, numbers)
	})
	binary.LittleEndian.PutUint32(to[at:], count)
	return to
}

func (b *Books) appendOrder(to []byte, o *order, price int64, numbers []uint32) []byte {
	e := &extension{}
	if o.extension != 0 {
		e = b.extensions.at(o.extension)
	}
	isDormant := o.flags.state() == dormant
	has := byte(0)
	if e.display > 0 {
		has |= hasDisplay
	}
	if e.minimum > 0 {
		has |= hasMinimum
	}
	if e.expiryAt != 0 {
		has |= hasExpiry
	}
	if isDormant && e.partner != 0 {
		has |= hasPartner
	}
	to = append(to, o.id[:]...)
	to = binary.LittleEndian.AppendUint32(to, numbers[o.account])
	to = appendInt(to, o.acceptedNS)
	to = appendInt(to, o.quantity)
	to = appendInt(to, o.remaining)
	to = binary.LittleEndian.AppendUint32(to, uint32(o.flags.with(0)&(1<<symbolBit-1)))
	to = append(to, has)
	to = appendInt(to, price)
	if isDormant {
		to = appendInt(to, e.limit)
		if o.flags.orderType() == TrailingStop {
			to = appendInt(to, e.stop)
			to = binary.LittleEndian.AppendUint32(to, uint32(e.trailBasis))
		}
	}
	if has&hasDisplay != 0 {
		to = appendInt(appendInt(to, e.display), e.shown)
	}
	if has&hasMinimum != 0 {
		to = appendInt(to, e.minimum)
	}
	if has&hasExpiry != 0 {
		to = appendInt(to, e.expireNS)
	}
	if has&hasPartner != 0 {
		partner := b.orders.at(e.partner)
		to = append(to, partner.id[:]...)
	}
	return to
}
