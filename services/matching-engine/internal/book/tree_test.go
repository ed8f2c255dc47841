package book

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree of prices behaves like a sorted list of them, wherever in the 64 bits they lie.
func TestTreeIsASortedList(t *testing.T) {
	extremes := []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, 63, 64, 65, 1e15, math.MaxInt64 - 1, math.MaxInt64}
	draws := map[string]func(r *rand.Rand) int64{
		"dense":    func(r *rand.Rand) int64 { return r.Int64N(200) },
		"wide":     func(r *rand.Rand) int64 { return int64(r.Uint64()) },
		"clusters": func(r *rand.Rand) int64 { return r.Int64N(8)<<(6*r.Int64N(11)) + r.Int64N(3) },
		"extremes": func(r *rand.Rand) int64 { return extremes[r.IntN(len(extremes))] },
	}
	for name, draw := range draws {
		for _, mirror := range []uint64{0, allOnes} {
			t.Run(name, func(t *testing.T) { compareTree(t, mirror, draw) })
		}
	}
}

func compareTree(t *testing.T, mirror uint64, draw func(r *rand.Rand) int64) {
	random := rand.New(rand.NewPCG(3, 4))
	b := New(Limits{})
	l := &b.ladders
	tr := &tree{mirror: mirror}
	var prices []int64
	for range 1_200 {
		price := draw(random)
		at, there := slices.BinarySearch(prices, price)
		number := tr.find(l, price)
		if (number != 0) != there {
			t.Fatalf("price %d: found %v, want %v", price, number != 0, there)
		}
		switch {
		case there && random.IntN(2) == 0:
			tr.remove(l, number)
			prices = slices.Delete(prices, at, at+1)
		case !there && len(prices) < 150:
			tr.insert(l, price)
			prices = slices.Insert(prices, at, price)
		}
		if random.IntN(16) == 0 {
			tr.removeBest(l, &prices)
		}
		want := slices.Clone(prices)
		if mirror != 0 {
			slices.Reverse(want)
		}
		var got []int64
		for number := tr.best; number != 0; number = tr.next(l, number) {
			got = append(got, l.levels.at(number).price)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("levels %v, want %v", got, want)
		}
		c := checking{b: b}
		if c.checkBranch(tr, tr.root, 0); len(c.wrong) > 0 || c.nodes > max(len(prices)-1, 0) || l.nodes.inUse() != c.nodes {
			t.Fatalf("%d nodes for %d levels; %v", c.nodes, len(prices), c.wrong)
		}
	}
}

// removeBest takes out the best level, as a sweep does.
func (t *tree) removeBest(l *ladders, prices *[]int64) {
	if t.best == 0 {
		return
	}
	at, _ := slices.BinarySearch(*prices, t.bestPrice)
	*prices = slices.Delete(*prices, at, at+1)
	t.remove(l, t.best)
}

// The table of ids behaves like a map, with hashes that collide, and while it moves over to a larger one.
func TestTableIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var tb table
	slots := map[uint32]uint32{} // hash by slot
	moving, wrapped := 0, 0
	for step := range 40_000 {
		slot := uint32(1 + random.IntN(200+step/8))
		if hash, there := slots[slot]; there {
			tb.remove(hash, slot)
			delete(slots, slot)
		} else {
			hash := random.Uint32()
			switch random.IntN(4) {
			case 0:
				hash = uint32(random.IntN(300)) << random.IntN(3)
			case 1:
				hash = math.MaxUint32 - uint32(random.IntN(60)) // its entries wrap round the end
			}
			tb.put(hash, slot)
			slots[slot] = hash
		}
		if tb.old != nil {
			moving++
			if tb.old[0] != 0 && tb.start > 1 {
				wrapped++
			}
		}
		if step%100 != 0 && (tb.old == nil || step%8 != 0) {
			continue
		}
		for slot, hash := range slots {
			found, place := tb.next(hash, hash)
			for found != 0 && found != slot {
				found, place = tb.next(hash, place)
			}
			if found != slot {
				t.Fatalf("step %d: slot %d is not found", step, slot)
			}
		}
		entries := 0
		for _, entry := range slices.Concat(tb.entries, tb.old) {
			if entry != 0 {
				entries++
			}
		}
		if tb.count != len(slots) || entries != len(slots) {
			t.Fatalf("step %d: %d entries, counted as %d, want %d", step, entries, tb.count, len(slots))
		}
	}
	if len(tb.entries) < 4*tableMinimum || moving < 100 || wrapped == 0 {
		t.Errorf("the table came to %d places, moved over for %d steps, %d of them with entries that wrap: the test shows too little",
			len(tb.entries), moving, wrapped)
	}
}
