package sequencer

// filling is what a table will hold, gathered first. Put into place in the order of their homes, millions of words walk
// through the table once, instead of missing the caches with each.
type filling struct {
	words []uint64          // as in the table
	heads [fillParts]uint32 // words by the hash's highest bits
}

// fillParts parts of a table of millions of words each fit into a core's own cache.
const (
	fillBits  = 8
	fillParts = 1 << fillBits
)

func part(word uint64) uint64 { return word >> (64 - fillBits) }

func newFilling(count int) *filling {
	return &filling{words: make([]uint64, 0, count)}
}

func (f *filling) add(hash, entry uint32) {
	word := uint64(hash)<<32 | uint64(entry+1)
	f.words = append(f.words, word)
	f.heads[part(word)]++
}

// sort brings the words of each part together, in place: an American flag sort of one round.
func (f *filling) sort() {
	var ends [fillParts]uint32
	sum := uint32(0)
	for i, count := range f.heads {
		f.heads[i] = sum
		sum += count
		ends[i] = sum
	}
	for i := range f.heads {
		for f.heads[i] < ends[i] {
			word := f.words[f.heads[i]]
			for at := part(word); at != uint64(i); at = part(word) {
				word, f.words[f.heads[at]] = f.words[f.heads[at]], word
				f.heads[at]++
			}
			f.words[f.heads[i]] = word
			f.heads[i]++
		}
	}
}

// fill puts what was gathered into an empty table. It ends at the first entry that is the same as one before, and says
// which; same is asked about entries of one hash only.
func (t *table) fill(f *filling, same func(one, other uint32) bool) (twice uint32, found bool) {
	t.reserve(len(f.words))
	f.sort()
	mask := uint32(len(t.words) - 1)
	for _, word := range f.words {
		at := t.home(uint32(word >> 32))
		for ; t.words[at] != 0; at = (at + 1) & mask {
			if there := t.words[at]; there>>32 == word>>32 && same(uint32(there)-1, uint32(word)-1) {
				return uint32(word) - 1, true
			}
		}
		t.words[at] = word
	}
	t.count = len(f.words)
	return 0, false
}
