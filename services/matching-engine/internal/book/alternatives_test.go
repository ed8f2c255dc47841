package book

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

// The benchmarks here set the parts of the book beside plainer ones; docs/adr/0016-order-book-layout.md draws the
// conclusions. They count processor time, since a busy machine takes the clock's away.

func perOperation(b *testing.B, work func()) {
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	work()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
}

// BenchmarkIndex: a million ids; each operation finds one and its order, takes it out and puts another in.
func BenchmarkIndex(b *testing.B) {
	const resting = 1_000_000
	id := func(n int) (id ID) {
		binary.LittleEndian.PutUint64(id[:], uint64(n)*0x9e3779b97f4a7c15)
		binary.LittleEndian.PutUint64(id[8:], uint64(n))
		return id
	}
	ids := make([]ID, resting)
	for i := range ids {
		ids[i] = id(i)
	}
	b.Run("table", func(b *testing.B) {
		books, random := New(Limits{}), rand.New(rand.NewPCG(1, 1))
		for i := range ids {
			slot := books.orders.take()
			books.orders.at(slot).id = id(i)
			books.ids.put(books.orders.at(slot).id.Hash(), slot)
		}
		ids := slices.Clone(ids)
		perOperation(b, func() {
			for n := range b.N {
				i := random.IntN(resting)
				slot := books.find(&ids[i])
				books.ids.remove(ids[i].Hash(), slot)
				ids[i] = id(resting + n)
				books.orders.at(slot).id = ids[i]
				books.ids.put(ids[i].Hash(), slot)
			}
		})
	})
	b.Run("map", func(b *testing.B) {
		books, random := New(Limits{}), rand.New(rand.NewPCG(1, 1))
		slots := map[ID]uint32{}
		for i := range ids {
			slots[ids[i]] = books.orders.take()
		}
		ids := slices.Clone(ids)
		perOperation(b, func() {
			for n := range b.N {
				i := random.IntN(resting)
				slot := slots[ids[i]]
				delete(slots, ids[i])
				ids[i] = id(resting + n)
				books.orders.at(slot).id = ids[i]
				slots[ids[i]] = slot
			}
		})
	})
}

// BenchmarkLevels: so many prices of a side; each operation takes one out and puts another in, anywhere or at the touch.
func BenchmarkLevels(b *testing.B) {
	for _, shape := range []struct {
		name  string
		count int
		near  bool
	}{{"touch of 400", 400, true}, {"any of 20,000", 20_000, false}, {"any of 100,000", 100_000, false}} {
		width := 2 * shape.count
		draw := func(r *rand.Rand) int64 {
			if shape.near {
				return r.Int64N(8)
			}
			return r.Int64N(int64(width))
		}
		b.Run(shape.name+"/tree", func(b *testing.B) {
			books, t, random := New(Limits{}), tree{}, rand.New(rand.NewPCG(2, 2))
			for price := 0; price < width; price += 2 {
				t.insert(&books.ladders, int64(price))
			}
			perOperation(b, func() {
				for range b.N {
					price := draw(random)
					if number := t.find(&books.ladders, price); number != 0 {
						t.remove(&books.ladders, number)
					} else {
						t.insert(&books.ladders, price)
					}
				}
			})
		})
		b.Run(shape.name+"/sorted slice", func(b *testing.B) {
			var prices []int64 // the best last, so that the touch moves little
			random := rand.New(rand.NewPCG(2, 2))
			for price := width - 2; price >= 0; price -= 2 {
				prices = append(prices, int64(price))
			}
			perOperation(b, func() {
				for range b.N {
					price := draw(random)
					at, there := slices.BinarySearchFunc(prices, price, func(one, other int64) int { return int(other - one) })
					if there {
						prices = slices.Delete(prices, at, at+1)
					} else {
						prices = slices.Insert(prices, at, price)
					}
				}
			})
		})
	}
}

// BenchmarkAccountLinks: what a cancel pays where an account's orders are linked through the orders, beside the list of
// slots that it leaves alone: two more orders that lie anywhere.
func BenchmarkAccountLinks(b *testing.B) {
	const resting = 1_000_000
	books, random := New(Limits{}), rand.New(rand.NewPCG(3, 3))
	for range resting {
		books.orders.take()
	}
	order := random.Perm(resting)
	for i, n := range order {
		o := books.orders.at(uint32(n + 1))
		o.prev, o.next = uint32(order[(i+resting-1)%resting]+1), uint32(order[(i+1)%resting]+1)
	}
	for _, linked := range []bool{false, true} {
		name := map[bool]string{false: "list", true: "links"}[linked]
		b.Run(name, func(b *testing.B) {
			perOperation(b, func() {
				for range b.N {
					o := books.orders.at(uint32(1 + random.IntN(resting)))
					o.remaining--
					if linked {
						books.orders.at(o.prev).quantity++
						books.orders.at(o.next).quantity++
					}
				}
			})
		})
	}
}
