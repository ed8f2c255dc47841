package sequencer

import (
	"daytrading/matching-engine/internal/book"
)

// table finds entries of the memory by the hash of an id: open addressing, linear probing, one 64-bit word a place, the
// hash above and the entry's number plus one below, so that 0 is an empty place. Who asks compares the ids.
//
// An id's home is its hash's highest bits: a table of twice the size has everything in the same order, so growing reads
// and writes memory from front to back instead of at random. Removing shifts later words back; there are no tombstones.
//
// A table that grows moves over a little with each word that it gets, so that no command waits for all of it: places of
// the old one from `start` on, whole runs of words. So the home in the old one says which of the two has a word.
type table struct {
	words []uint64
	shift uint8 // 32 minus the number of bits of a home
	count int

	old      []uint64 // what the table was, while it moves over
	oldShift uint8
	start    uint32 // an empty place when the move began
	moved    uint32 // places
}

const (
	tableMinimumBits = 12
	movedPerPut      = 16 // places, at the least: a move is over long before the new part is full
)

// part gives the part of the table that a word with this hash is in.
func (t *table) part(hash uint32) (words []uint64, shift uint8) {
	if t.old != nil && (hash>>t.oldShift-t.start)&uint32(len(t.old)-1) >= t.moved {
		return t.old, t.oldShift
	}
	return t.words, t.shift
}

// home is where the words of a hash begin.
func (t *table) home(hash uint32) uint32 {
	_, shift := t.part(hash)
	return hash >> shift
}

// touch loads an id's home.
func (t *table) touch(hash uint32) uint64 {
	words, shift := t.part(hash)
	if len(words) == 0 {
		return 0
	}
	return words[hash>>shift]
}

// next is the first entry with this hash at or after a place, and the place behind it.
func (t *table) next(hash, place uint32) (entry, behind uint32, found bool) {
	words, _ := t.part(hash)
	if len(words) == 0 {
		return 0, 0, false
	}
	mask := uint32(len(words) - 1)
	for {
		word := words[place&mask]
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
		t.grow()
	}
	if t.old != nil {
		t.move(movedPerPut)
	}
	words, shift := t.part(hash)
	place(words, shift, uint64(hash)<<32|uint64(entry+1))
	t.count++
}

func place(words []uint64, shift uint8, word uint64) {
	mask := uint32(len(words) - 1)
	at := uint32(word>>32) >> shift
	for words[at] != 0 {
		at = (at + 1) & mask
	}
	words[at] = word
}

// reserve makes an empty table for so many entries.
func (t *table) reserve(count int) {
	bits := tableMinimumBits
	for count*5 >= 3<<bits {
		bits++
	}
	t.words, t.shift = make([]uint64, 1<<bits), uint8(32-bits)
	book.Wide(t.words)
}

// grow begins to move over to a table of twice the size. Moves are over before they are needed again.
func (t *table) grow() {
	t.old, t.oldShift, t.start, t.moved = t.words, t.shift, 0, 0
	t.reserve(t.count)
	if len(t.old) == 0 {
		t.old = nil
		return
	}
	for t.old[t.start] != 0 {
		t.start++
	}
}

// move moves so many places of the old table, and the rest of a run of words that it has begun: behind an empty place, no
// word belongs before it. Words that came meanwhile may have run over the end, into places that were moved first.
func (t *table) move(places int) {
	mask := uint32(len(t.old) - 1)
	for {
		at := (t.start + t.moved) & mask
		word := t.old[at]
		if word == 0 && t.moved >= uint32(len(t.old)) {
			t.old = nil
			return
		}
		t.moved++
		places--
		if word != 0 {
			t.old[at] = 0
			place(t.words, t.shift, word)
		} else if places <= 0 {
			return
		}
	}
}

// remove takes out an entry, which must be there.
func (t *table) remove(hash, entry uint32) {
	words, shift := t.part(hash)
	mask := uint32(len(words) - 1)
	hole := hash >> shift
	for word := uint64(hash)<<32 | uint64(entry+1); words[hole] != word; {
		hole = (hole + 1) & mask
	}
	for at := hole; ; {
		at = (at + 1) & mask
		word := words[at]
		if word == 0 {
			break
		}
		// A word may move back into the hole unless its home lies between the hole and where it is.
		if home := uint32(word>>32) >> shift; (at-home)&mask >= (at-hole)&mask {
			words[hole] = word
			hole = at
		}
	}
	words[hole] = 0
	t.count--
}
