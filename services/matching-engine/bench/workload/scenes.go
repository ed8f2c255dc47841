package workload

import (
	"fmt"
	"math/rand/v2"

	"daytrading/matching-engine/internal/book"
)

// burst is how many messages of one kind follow each other on average in the realistic stream: quotes are moved together,
// and pulled together.
const burst = 6

// realistic: 5 accounts, prices near the touch by Zipf's law, 45 % new, 45 % cancels, 5 % replacements, 5 % marketable
// orders, each in bursts. Cancels mostly take young orders, as market makers' do.
func realistic(w *world, target int) (string, func()) {
	const mid = 1_000_000
	zipf := rand.NewZipf(w.random, 1.2, 2, 999)
	lots := func() int64 { return 100 * w.between(1, 10) }
	side := w.side()
	add := func() {
		distance := int64(zipf.Uint64())
		if w.random.IntN(4) == 0 {
			distance = -1 // improve the touch, where there is room
		}
		w.place(side, book.GoodTillCancelled, w.passive(side, distance, mid+2*int64(side)-3), lots())
	}
	for len(w.live) < target {
		side = w.side()
		add()
	}
	take := func() {
		w.levels = w.model.Depth(side.Opposite(), 4, w.levels[:0])
		if len(w.levels) == 0 {
			add()
			return
		}
		// The size keeps the book as full as it was: small orders while it is emptier, whole levels while it is fuller.
		touch, tif := w.levels[0], book.ImmediateOrCancel
		size := w.between(1, 100)
		if len(w.live) > target {
			touch = w.levels[len(w.levels)-1]
			size = 0
			for _, l := range w.levels {
				size += l.QuantityLots
			}
			if w.random.IntN(4) == 0 {
				tif = book.GoodTillCancelled // the remainder rests as the new touch
				size += lots()
			}
		}
		w.place(side, tif, touch.PriceTicks, size)
	}
	young := func() resting {
		if n := len(w.live); n > 256 && w.random.IntN(4) > 0 {
			return w.live[n-1-w.random.IntN(256)]
		}
		return w.pick()
	}
	amend := func() {
		o := young()
		if w.random.IntN(2) == 0 && o.remains > 1 {
			w.replace(o, 0, o.total-o.remains/2)
			return
		}
		w.replace(o, w.passive(o.side, int64(zipf.Uint64()), mid), 0)
	}
	kinds := []func(){add, func() { w.cancel(young()) }, amend, take}
	kind, left := 0, 0
	return "near the touch, in bursts: 45 % new, 45 % cancel, 5 % replace, 5 % marketable", func() {
		for left == 0 {
			kind, side = mix(w.random.IntN(20)), w.side()
			left = 1 + w.random.IntN(2*burst-1)
		}
		left--
		if len(w.live) == 0 {
			add()
			return
		}
		kinds[kind]()
	}
}

// mix draws from 45, 45, 5 and 5 %.
func mix(of20 int) int {
	switch {
	case of20 < 9:
		return 0
	case of20 < 18:
		return 1
	default:
		return of20 - 16
	}
}

// deep: a million resting orders over 20,000 levels a side; any of them is cancelled, another placed.
func deep(w *world, orders int) (string, func()) {
	const mid, levels = 10_000_000, 20_000
	add := func() {
		side, distance := w.side(), w.between(1, levels)
		price := int64(mid) + distance
		if side == book.Buy {
			price = mid - distance
		}
		w.place(side, book.GoodTillCancelled, price, w.between(1, 1000))
	}
	for len(w.live) < orders {
		add()
	}
	return fmt.Sprintf("%d resting orders, 20,000 levels a side; any is cancelled, another placed", orders), func() {
		if w.random.IntN(2) == 0 && len(w.live) > 0 {
			w.cancel(w.pick())
			return
		}
		add()
	}
}

// sweeps: a marketable order takes 10 to 200 levels whole, then as many orders fill them again.
func sweeps(w *world) (string, func()) {
	const mid, levels = 1_000_000, 400
	var prices []int64
	fill := func(side book.Side) {
		w.random.Shuffle(len(prices), func(i, j int) { prices[i], prices[j] = prices[j], prices[i] })
		for _, price := range prices {
			w.place(side, book.GoodTillCancelled, price, w.between(1, 1000))
			if w.random.IntN(2) == 0 {
				w.place(side, book.GoodTillCancelled, price, w.between(1, 1000))
			}
		}
	}
	for distance := int64(1); distance <= levels; distance++ {
		prices = append(prices, mid+distance)
	}
	fill(book.Sell)
	for i := range prices {
		prices[i] = 2*mid - prices[i]
	}
	fill(book.Buy)
	return "marketable orders take 10 to 200 levels, single orders fill them again", func() {
		side := w.side()
		w.levels = w.model.Depth(side.Opposite(), int(w.between(10, 200)), w.levels[:0])
		total := int64(0)
		prices = prices[:0]
		for _, l := range w.levels {
			total += l.QuantityLots
			prices = append(prices, l.PriceTicks)
		}
		w.place(side, book.ImmediateOrCancel, prices[len(prices)-1], total)
		fill(side.Opposite())
	}
}

// hot: one price holds 100,000 orders; cancels take them from the middle of the queue, new ones join its end.
func hot(w *world, orders int) (string, func()) {
	const price = 1_000_000
	add := func() { w.place(book.Sell, book.GoodTillCancelled, price, w.between(1, 1000)) }
	w.place(book.Buy, book.GoodTillCancelled, price-1, 100)
	for len(w.live) <= orders {
		add()
	}
	return fmt.Sprintf("one level with %d orders; cancels from its middle, new ones at its end", orders), func() {
		o := w.pick()
		if w.random.IntN(2) == 0 && o.side == book.Sell {
			w.cancel(o)
			return
		}
		add()
	}
}

// drift: the price wanders over a range of billions of ticks, in trends and now and then in leaps. Orders are placed around
// where it is. Cancels take the orders that it comes close to, as their makers would, or else the oldest, which it left
// behind.
func drift(w *world) (string, func()) {
	const start, target, near = 1_000_000_000_000, 5_000, 16
	zipf := rand.NewZipf(w.random, 1.1, 64, 4999)
	mid, trend := int64(start), book.Buy // where it goes: to the bids, down, or to the asks, up
	around := func(side book.Side) int64 {
		distance := near + int64(zipf.Uint64())
		if side == book.Buy {
			return mid - distance
		}
		return mid + distance
	}
	var ages []book.ID // in order of placing, closed ones among them
	add := func() {
		side := w.side()
		ages = append(ages, w.place(side, book.GoodTillCancelled, around(side), w.between(1, 1000)))
	}
	leaving := func() resting {
		if id, price, ok := w.model.First(trend); ok {
			if distance := price - mid; trend == book.Sell && distance < near || trend == book.Buy && -distance < near {
				return w.live[w.at[id]]
			}
		}
		for len(ages) > 0 {
			id := ages[0]
			ages = ages[1:]
			if i, open := w.at[id]; open {
				return w.live[i]
			}
		}
		return w.pick()
	}
	move := func() {
		step := int64(0)
		switch dice := w.random.IntN(50_000); {
		case dice == 0:
			step = w.between(1_000_000, 100_000_000)
		case dice == 1:
			trend = trend.Opposite()
		case dice%16 == 2:
			step = w.between(1, 4)
		}
		if trend == book.Buy {
			step = -step
		}
		mid += step
	}
	for len(w.live) < target {
		add()
	}
	return "the price drifts and leaps over a wide range; what it comes close to or left behind is cancelled", func() {
		move()
		switch dice := w.random.IntN(20); {
		case len(w.live) == 0 || len(w.live) < target && dice < 12 || dice < 8:
			add()
		case dice < 18:
			w.cancel(leaving())
		case dice == 18:
			o := leaving()
			ages = append(ages, w.replace(o, around(o.side), 0))
		default:
			side := w.side() // and takes what is best, wherever that is
			w.place(side, book.ImmediateOrCancel, around(side.Opposite()), w.between(1, 500))
		}
	}
}
