package book

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// table finds slots by the hash of an id: open addressing, linear probing, one 64-bit word an entry, the hash above
// and the slot below; 0 is an empty place, since no slot is 0. Removing shifts later entries back, so there are no
// tombstones and a table that is used for ever stays as fast as a new one. Who asks compares the ids.
type table struct {
	entries []uint64
	mask    uint32
	count   int
}

const tableMinimum = 1024

// hashOf mixes an id into 32 bits, of which every one depends on every bit of the id. The keys are fixed: the table
// is never walked in its own order, so nothing that is decided depends on them.
func hashOf(id *ID) uint32 {
	high, low := bits.Mul64(
		binary.LittleEndian.Uint64(id[:8])^0x9e3779b97f4a7c15,
		binary.LittleEndian.Uint64(id[8:])^0xd1b54a32d192ed03)
	mixed := (high ^ low) * 0x2545f4914f6cdd1d
	return uint32(mixed >> 32)
}

// next gives the slot of the first entry with this hash at or after a place, and the place behind it; slot 0: no more.
func (t *table) next(hash, place uint32) (slot, behind uint32) {
	entries := t.entries
	for len(entries) > 0 {
		entry := entries[place&t.mask]
		if entry == 0 {
			return 0, place
		}
		place++
		if uint32(entry>>32) == hash {
			return uint32(entry), place
		}
	}
	return 0, place
}

// put adds an entry; the caller knows that its id has none.
func (t *table) put(hash, slot uint32) {
	if t.count*5 >= len(t.entries)*3 {
		t.grow()
	}
	t.place(uint64(hash)<<32 | uint64(slot))
	t.count++
}

func (t *table) place(entry uint64) {
	entries, mask := t.entries, t.mask
	at := uint32(entry>>32) & mask
	for entries[at] != 0 {
		at = (at + 1) & mask
	}
	entries[at] = entry
}

func (t *table) grow() {
	old := t.entries
	t.entries = make([]uint64, max(2*len(old), tableMinimum))
	wideRange(unsafe.Pointer(&t.entries[0]), unsafe.Sizeof(t.entries[0])*uintptr(len(t.entries)))
	t.mask = uint32(len(t.entries) - 1)
	for _, entry := range old {
		if entry != 0 {
			t.place(entry)
		}
	}
}

// remove takes out the entry of a slot, which must be there.
func (t *table) remove(hash, slot uint32) {
	entries, mask := t.entries, t.mask
	hole := hash & mask
	for entry := uint64(hash)<<32 | uint64(slot); entries[hole] != entry; {
		hole = (hole + 1) & mask
	}
	for at := hole; ; {
		at = (at + 1) & mask
		entry := entries[at]
		if entry == 0 {
			break
		}
		// An entry may move back into the hole unless its own place lies between the hole and where it is.
		if home := uint32(entry>>32) & mask; (at-home)&mask >= (at-hole)&mask {
			entries[hole] = entry
			hole = at
		}
	}
	entries[hole] = 0
	t.count--
}
