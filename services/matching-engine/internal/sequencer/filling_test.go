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

// TestATableIsExactWhileItMovesOver holds it to a map at every moment of its growth, with words that run over its end.
func TestATableIsExactWhileItMovesOver(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	grows, inMove := &table{}, 0
	hashes := map[uint32]uint32{} // of entries
	var there []uint32
	for n := range uint32(20_000) {
		hash := random.Uint32()
		if n%4 == 0 {
			hash |= 0xfff00000
		}
		grows.put(hash, n)
		hashes[n] = hash
		there = append(there, n)
		if n%3 == 0 {
			at := random.IntN(len(there))
			entry := there[at]
			there[at] = there[len(there)-1]
			there = there[:len(there)-1]
			grows.remove(hashes[entry], entry)
			if slices.Contains(entriesOf(grows, hashes[entry]), entry) {
				t.Fatalf("after %d: entry %d is still there", n, entry)
			}
		}
		if grows.old == nil {
			continue
		}
		inMove++
		for range 20 {
			if entry := there[random.IntN(len(there))]; !slices.Contains(entriesOf(grows, hashes[entry]), entry) {
				t.Fatalf("after %d, with %d places moved: entry %d is not found", n, grows.moved, entry)
			}
		}
	}
	if inMove < 100 {
		t.Fatalf("only %d moments of a move were seen", inMove)
	}
	for _, entry := range there {
		grows.remove(hashes[entry], entry) // would never end if it were not there
	}
	if grows.count != 0 || slices.ContainsFunc(append(grows.words, grows.old...), func(word uint64) bool { return word != 0 }) {
		t.Fatalf("%d are left", grows.count)
	}
}
