package book

import "unsafe"

// table finds slots by the hash of an id: open addressing, linear probing, one 64-bit word an entry, the hash above
// and the slot below; 0 is an empty place, since no slot is 0. Removing shifts later entries back, so there are no
// tombstones and a table that is used for ever stays as fast as a new one. Who asks compares the ids.
//
// A table that grows moves over a little at a time, so that no command waits for all of it: places of the old one from
// `start` on, whole runs of entries, and which of the two has an entry follows from its own place in the old one.
type table struct {
	entries []uint64
	mask    uint32
	count   int

	old     []uint64 // what the table was, while it moves over
	oldMask uint32
	start   uint32 // an empty place when the move began
	moved   uint32 // places
}

const (
	tableMinimum = 1024
	movedPerPut  = 16 // places, at the least: the move is over long before either part is full
)

// part gives the part of the table that an entry with this hash is in.
func (t *table) part(hash uint32) (entries []uint64, mask uint32) {
	if t.old != nil && (hash-t.start)&t.oldMask >= t.moved {
		return t.old, t.oldMask
	}
	return t.entries, t.mask
}

// touch loads where the entries with a hash begin.
func (t *table) touch(hash uint32) uint64 {
	entries, mask := t.part(hash)
	return entries[hash&mask]
}

// next gives the slot of the first entry with this hash at or after a place, and the place behind it; slot 0: no more.
func (t *table) next(hash, place uint32) (slot, behind uint32) {
	entries, mask := t.part(hash)
	for len(entries) > 0 {
		entry := entries[place&mask]
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
	if t.old != nil {
		t.move(movedPerPut)
	}
	entries, mask := t.part(hash)
	place(entries, mask, uint64(hash)<<32|uint64(slot))
	t.count++
}

func place(entries []uint64, mask uint32, entry uint64) {
	at := uint32(entry>>32) & mask
	for entries[at] != 0 {
		at = (at + 1) & mask
	}
	entries[at] = entry
}

// grow begins to move over to a table of twice the size.
func (t *table) grow() {
	t.old, t.oldMask, t.start, t.moved = t.entries, t.mask, 0, 0
	t.entries = make([]uint64, max(2*len(t.old), tableMinimum))
	wideRange(unsafe.Pointer(&t.entries[0]), unsafe.Sizeof(t.entries[0])*uintptr(len(t.entries)))
	t.mask = uint32(len(t.entries) - 1)
	if len(t.old) == 0 {
		return
	}
	for t.old[t.start] != 0 {
		t.start++
	}
}

// move moves so many places of the old table, and the rest of a run of entries that it has begun: behind an empty place,
// no entry belongs before it. Entries that came meanwhile may have run over the end, into places that were moved first.
func (t *table) move(places int) {
	for {
		at := (t.start + t.moved) & t.oldMask
		entry := t.old[at]
		if entry == 0 && t.moved >= uint32(len(t.old)) {
			t.old = nil
			return
		}
		t.moved++
		places--
		if entry != 0 {
			t.old[at] = 0
			place(t.entries, t.mask, entry)
		} else if places <= 0 {
			return
		}
	}
}

// remove takes out the entry of a slot, which must be there.
func (t *table) remove(hash, slot uint32) {
	entries, mask := t.part(hash)
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
