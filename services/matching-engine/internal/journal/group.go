package journal

import (
	"fmt"
	"iter"
)

// Group is what one fsync makes durable: records, encoded as they will lie on disk. Its memory is used again
// after Reset. Who keeps a group that was appended (readers do) must not Reset or Add to it meanwhile.
type Group struct {
	buffer                    []byte
	records                   int
	first, last               uint64
	firstStampNS, lastStampNS int64
}

// Add encodes a record behind the others. Sequences follow the last record's without a gap and stamps rise;
// the bytes are copied. count is from 1. ErrTooLarge leaves the group as it was.
func (g *Group) Add(stampNS int64, first uint64, count int, command, events []byte) error {
	if int64(len(command))+int64(len(events)) > maxRecordBytes-recordHeaderBytes {
		return fmt.Errorf("%w: a command of %d bytes with events of %d, and a record takes %d", ErrTooLarge, len(command), len(events),
			maxRecordBytes-recordHeaderBytes)
	}
	if g.records == 0 {
		g.first, g.firstStampNS = first, stampNS
	}
	g.buffer = appendRecord(g.buffer, len(g.buffer), stampNS, first, count, command, events)
	g.records++
	g.last, g.lastStampNS = first+uint64(count)-1, stampNS
	return nil
}

// Len is how many records the group holds.
func (g *Group) Len() int { return g.records }

// Bytes is how much of a segment the group takes.
func (g *Group) Bytes() int { return len(g.buffer) }

// FirstSequence is the sequence of the first event; 0 when the group is empty.
func (g *Group) FirstSequence() uint64 { return g.first }

// LastSequence is the sequence of the last event; 0 when the group is empty.
func (g *Group) LastSequence() uint64 { return g.last }

// LastStampNS is the stamp of the last record; 0 when the group is empty.
func (g *Group) LastStampNS() int64 { return g.lastStampNS }

// Reset empties the group and keeps its memory.
func (g *Group) Reset() { *g = Group{buffer: g.buffer[:0]} }

// Records are views into the group, in order.
func (g *Group) Records() iter.Seq[Record] {
	return func(yield func(Record) bool) {
		for rest := g.buffer; len(rest) > 0; {
			length, err := recordLength(rest)
			if err != nil || length > len(rest) {
				panic("journal: a group's own bytes are not records")
			}
			record, _ := viewRecord(rest[:length])
			if !yield(record) {
				return
			}
			rest = rest[length:]
		}
	}
}

// Clone is a copy of exactly the group's size, for who keeps it.
func (g *Group) Clone() *Group {
	clone := *g
	clone.buffer = append([]byte(nil), g.buffer...)
	return &clone
}
