package book

import "testing"

// No half of an id makes the other one's bits count for nothing.
func TestHashesDependOnBothHalves(t *testing.T) {
	const first, last = 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03 // the keys: they make a half zero
	for _, fixed := range []int{0, 8} {
		seen := map[uint32]bool{}
		for n := range 10_000 {
			var id ID
			for i := range 8 {
				id[i], id[8+i] = byte(uint64(first)>>(8*i)), byte(uint64(last)>>(8*i))
			}
			id[8-fixed], id[9-fixed] = byte(n), byte(n>>8)
			seen[id.Hash()] = true
		}
		if len(seen) < 9_990 {
			t.Errorf("%d hashes of 10,000 ids that differ in one half", len(seen))
		}
	}
}
