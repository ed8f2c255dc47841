package sequencer

import (
	"encoding/binary"
	"math/bits"

	"daytrading/matching-engine/internal/book"
)

// table finds entries of the memory by the hash of an id: open addressing, linear probing, one 64-bit word a place, the
// hash above and the entry's number plus one below, so that 0 is an empty place. Who asks compares the ids.
//
// An id's home is its hash's highest bits: a table of twice the size has everything in the same order, so growing reads
// and writes memory from front to back instead of at random. Removing shifts later words back; there are no tombstones.
type table struct {
	words []uint64
	shift uint8 // 32 minus the number of bits of a home
	count int
}

const tableMinimumBits = 12

// hashOf mixes an id into 32 bits. The keys are fixed: the table is never walked in its own order, so nothing that is
// decided depends on them.
func hashOf(id *book.ID) uint32 {
	high, low := bits.Mul64(
		binary.LittleEndian.Uint64(id[:8])^0x9e3779b97f4a7c15,
		binary.LittleEndian.Uint64(id[8:])^0xd1b54a32d192ed03)
	return uint32(((high ^ low) * 0x2545f4914f6cdd1d) >> 32)
}

func (t *table) home(hash uint32) uint32 { return hash >> t.shift }

// touch loads an id's home.
func (t *table) touch(hash uint32) uint64 {
	if len(t.words) == 0 {
		return 0
	}
	return t.words[t.home(hash)]
}

// next is the first entry with this hash at or after a place, and the place behind it.
func (t *table) next(hash, place uint32) (entry, behind uint32, found bool) {
	if len(t.words) == 0 {
		return 0, 0, false
	}
	mask := uint32(len(t.words) - 1)
	for {
		word := t.words[place&mask]
		if word == 0 {
			return 0, 0, false
		}
		place++
		if uint32(word>>32) == hash {
			return uint32(word) - 1, place, true
		}
	}
}

// put adds an entry.
func (t *table) put(hash, entry uint32) {
	if t.count*5 >= len(t.words)*3 {
		t.reserve(t.count + 1)
	}
	t.place(uint64(hash)<<32 | uint64(entry+1))
	t.count++
}

func (t *table) place(word uint64) {
	mask := uint32(len(t.words) - 1)
	at := t.home(uint32(word >> 32))
	for t.words[at] != 0 {
		at = (at + 1) & mask
	}
	t.words[at] = word
}

// reserve makes room for so many entries in all.
func (t *table) reserve(count int) {
	bits := tableMinimumBits
	for count*5 >= 3<<bits {
		bits++
	}
	old := t.words
	if len(old) >= 1<<bits {
		return
	}
	t.words, t.shift = make([]uint64, 1<<bits), uint8(32-bits)
	book.Wide(t.words)
	for _, word := range old {
		if word != 0 {
			t.place(word)
		}
	}
}

// remove takes out an entry, which must be there.
func (t *table) remove(hash, entry uint32) {
	mask := uint32(len(t.words) - 1)
	hole := t.home(hash)
	for word := uint64(hash)<<32 | uint64(entry+1); t.words[hole] != word; {
		hole = (hole + 1) & mask
	}
	for at := hole; ; {
		at = (at + 1) & mask
		word := t.words[at]
		if word == 0 {
			break
		}
		// A word may move back into the hole unless its home lies between the hole and where it is.
		if home := t.home(uint32(word >> 32)); (at-home)&mask >= (at-hole)&mask {
			t.words[hole] = word
			hole = at
		}
	}
	t.words[hole] = 0
	t.count--
}
