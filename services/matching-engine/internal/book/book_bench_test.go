package book

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// BenchmarkDeep places and cancels at random in a book of a million orders at 40,000 prices: every message misses the
// caches. The figures that are published come from services/matching-engine/bench.
func BenchmarkDeep(b *testing.B) {
	for _, c := range []struct {
		name  string
		ahead int
	}{{"alone", 0}, {"ahead", 16}} {
		b.Run(c.name, func(b *testing.B) { benchmarkDeep(b, c.ahead) })
	}
}

func benchmarkDeep(b *testing.B, ahead int) {
	const resting = 1_000_000
	random := rand.New(rand.NewPCG(1, 2))
	books := New(Limits{OpenOrders: math.MaxInt64, OpenOrdersPerAccount: math.MaxInt64, LevelsPerSide: 100_000, Symbols: 1,
		TradesPerOrder: 100_000})
	books.List("A", nil)
	live := make([]ID, 0, 2*resting)
	events := make([]Event, 0, 16)
	stamp := int64(0)
	var last uint64
	newID := func() (id ID) {
		last++
		binary.LittleEndian.PutUint64(id[:], last*0x9e3779b97f4a7c15)
		binary.LittleEndian.PutUint64(id[8:], last)
		return id
	}
	place := func(id ID) {
		distance, side := 1+random.Int64N(20_000), Side(1+random.IntN(2))
		if side == Buy {
			distance = -distance
		}
		stamp++
		o := Order{ID: id, Account: ID{15: byte(random.IntN(5))}, Side: side, Type: Limit, TimeInForce: GoodTillCancelled,
			LimitPriceTicks: 1_000_000 + distance, QuantityLots: 1 + random.Int64N(1_000)}
		events = books.Place(&o, stamp, events[:0])
		live = append(live, id)
	}
	for range resting {
		place(newID())
	}
	ids, next := make([]ID, 0, 16), make([]Next, 0, 16)
	for i := 0; b.Loop(); i++ {
		if i%16 == 0 {
			ids, next = ids[:0], next[:0]
			for range 8 {
				n := random.IntN(len(live) - 1)
				ids = append(ids, live[n])
				live[n] = live[len(live)-1]
				live = live[:len(live)-1]
			}
			for range 8 {
				ids = append(ids, newID())
			}
			for _, id := range ids[:ahead] {
				next = append(next, Next{Order: id, Symbol: NoSymbol})
			}
			books.Prefetch(next)
		}
		if n := i % 16; n < 8 {
			o, _ := books.Order(ids[n])
			events = books.Cancel(ids[n], o.Account, events[:0])
		} else {
			place(ids[n])
		}
	}
}
