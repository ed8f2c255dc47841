package book

// Next says what a command to come is about, for Prefetch.
type Next struct {
	Order      ID     // to be placed, cancelled or replaced
	Symbol     Symbol // of an order to be placed, with its side and limit; NoSymbol: no price is given
	Side       Side
	PriceTicks int64
}

// prefetched is how many commands Prefetch looks at together: more lines would push each other out of the nearest cache.
const prefetched = 16

// worthPrefetching is from how many open orders on it is: fewer, with what belongs to them, stay in the caches.
const worthPrefetching = 8_192

// PrefetchFrom lets Prefetch work from so many open orders on, for tests with few.
func (b *Books) PrefetchFrom(open int) { b.prefetchFrom = int64(open) }

// Prefetch loads the memory that the next commands will need, at most 16 of them, so that the loads overlap: decided
// one after the other, every command waits for its own. It changes nothing that can be seen.
func (b *Books) Prefetch(next []Next) {
	next = next[:min(len(next), prefetched)]
	if b.open < b.prefetchFrom || len(b.ids.entries) == 0 {
		return
	}
	// Each loop asks for lines that depend only on those of the loop before: within one, no load waits for another.
	var hashes, slots, levels [prefetched]uint32
	sum := uint64(0)
	for i := range next {
		hashes[i] = next[i].Order.Hash()
		sum += b.ids.touch(hashes[i])
	}
	for i := range next {
		if slot, _ := b.ids.next(hashes[i], hashes[i]); slot != 0 {
			slots[i] = slot
			sum += uint64(b.orders.at(slot).level)
		} else if n := &next[i]; int(n.Symbol) < len(b.symbols) {
			levels[i] = b.symbols[n.Symbol].active[n.Side-1].find(&b.ladders, n.PriceTicks)
		}
	}
	for i := range next {
		if slots[i] != 0 {
			o := b.orders.at(slots[i])
			if o.level != 0 {
				sum += uint64(b.levels.at(o.level).orders)
			}
			sum += uint64(b.orders.at(o.prev).level) + uint64(b.orders.at(o.next).level)
		} else if levels[i] != 0 {
			sum += uint64(b.orders.at(b.levels.at(levels[i]).last).level)
		}
	}
	b.prefetched = sum // or the compiler would leave the loads out
}
