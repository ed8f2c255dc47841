package sequencer

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// entriesOf gives what a table finds for a hash, in no order that counts.
func entriesOf(t *table, hash uint32) []uint32 {
	var found []uint32
	entry, behind, ok := t.next(hash, t.home(hash))
	for ok {
		found = append(found, entry)
		entry, behind, ok = t.next(hash, behind)
	}
	slices.Sort(found)
	return found
}

// TestATableThatIsFilledIsOneThatGrew: what was gathered and sorted is found, and taken out again, as what was put.
func TestATableThatIsFilledIsOneThatGrew(t *testing.T) {
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 7))
		count := 1 + random.IntN(10_000)
		f, grown, filled := newFilling(count), &table{}, &table{}
		hashes := make([]uint32, count)
		for n := range hashes {
			switch random.IntN(10) {
			case 0: // runs over the table's end
				hashes[n] = ^uint32(0) - random.Uint32N(1<<22)
			case 1: // a hash that was there
				hashes[n] = hashes[random.IntN(n+1)]
			default:
				hashes[n] = random.Uint32()
			}
			grown.put(hashes[n], uint32(n))
			f.add(hashes[n], uint32(n))
		}
		if entry, found := filled.fill(f, func(_, _ uint32) bool { return false }); found {
			t.Fatalf("seed %d: %d is found twice", seed, entry)
		}
		for n, hash := range hashes {
			if want, got := entriesOf(grown, hash), entriesOf(filled, hash); !slices.Equal(got, want) {
				t.Fatalf("seed %d: entry %d: %d were filled, and %d put", seed, n, got, want)
			}
			if n%3 == 0 {
				grown.remove(hash, uint32(n))
				filled.remove(hash, uint32(n))
			}
		}
		if filled.count != grown.count {
			t.Fatalf("seed %d: %d are left of what was filled, %d of what was put", seed, filled.count, grown.count)
		}
	}
}

func TestFillingFindsWhatComesTwice(t *testing.T) {
	ids := []string{"a", "b", "c", "b", "d"}
	f := newFilling(len(ids))
	for n := range ids {
		f.add(0xfffffff0, uint32(n)) // all of one hash
	}
	entry, found := new(table).fill(f, func(one, other uint32) bool { return ids[one] == ids[other] })
	if !found || ids[entry] != "b" {
		t.Fatalf("%d, %v", entry, found)
	}
}
