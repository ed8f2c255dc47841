package sequencer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"daytrading/matching-engine/internal/book"
)

// A snapshot is, little endian,
//
//	magic 8 bytes | rules version u32 | last sequence u64 | last stamp i64 | entries u64 |
//	{ kind u8 | [command id] | [order id] | first sequence u64 | events u32 | remembered until i64 } … | the books
//
// The entries are those that the next stamp may still find, by the second of their expiry, and as they came within it. So
// the same state gives the same bytes, whatever way it was reached.
const snapshotMagic = "DTSEQNC1"

const (
	snapshotHeader = len(snapshotMagic) + 4 + 8 + 8 + 8
	snapshotEntry  = 1 + 8 + 4 + 8 // without its ids

	snapshotOrder = 128 // about what an open order takes in the snapshot of the books

	hasCommand = 1
	hasOrder   = 2
)

// restorers read the snapshots of each version of the rules that this one can go on from.
var restorers = map[uint32]func(snapshot []byte) (*Sequencer, error){RulesVersion: restore}

// Errors of Restore.
var (
	ErrSnapshot      = errors.New("not a snapshot of the matching engine's state")
	ErrSnapshotRules = errors.New("a snapshot of other matching rules")
)

// AppendSnapshot appends the whole state. The same state gives the same bytes, however it was reached.
func (s *Sequencer) AppendSnapshot(to []byte) []byte {
	// Most of it in one piece: growing by copying would take the memory of several.
	to = slices.Grow(to, snapshotHeader+s.memory.count*(snapshotEntry+2*len(book.ID{}))+s.books.Open()*snapshotOrder)
	to = append(to, snapshotMagic...)
	to = binary.LittleEndian.AppendUint32(to, RulesVersion)
	to = binary.LittleEndian.AppendUint64(to, s.lastSequence)
	to = binary.LittleEndian.AppendUint64(to, uint64(s.lastStampNS))
	at, entries := len(to), uint64(0)
	to = append(to, make([]byte, 8)...)
	s.memory.each(s.lastStampNS, func(e *entry) {
		to = appendEntry(to, e)
		entries++
	})
	binary.LittleEndian.PutUint64(to[at:], entries)
	return s.books.AppendSnapshot(to)
}

func appendEntry(to []byte, e *entry) []byte {
	at := len(to)
	to = append(to, 0)
	if e.command != (book.ID{}) {
		to[at] |= hasCommand
		to = append(to, e.command[:]...)
	}
	if e.order != (book.ID{}) {
		to[at] |= hasOrder
		to = append(to, e.order[:]...)
	}
	to = binary.LittleEndian.AppendUint64(to, e.first)
	to = binary.LittleEndian.AppendUint32(to, e.events)
	return binary.LittleEndian.AppendUint64(to, uint64(e.untilNS))
}

// Restore reads what AppendSnapshot wrote, under these rules or under older ones that they can go on from. It takes
// nothing on trust; an error says what is wrong.
func Restore(snapshot []byte) (*Sequencer, error) {
	if len(snapshot) < snapshotHeader || string(snapshot[:len(snapshotMagic)]) != snapshotMagic {
		return nil, ErrSnapshot
	}
	rules := binary.LittleEndian.Uint32(snapshot[len(snapshotMagic):])
	read, known := restorers[rules]
	if !known {
		return nil, fmt.Errorf("%w: version %d, and this program has version %d", ErrSnapshotRules, rules, RulesVersion)
	}
	return read(snapshot)
}

func restore(snapshot []byte) (*Sequencer, error) {
	head := snapshot[len(snapshotMagic)+4:]
	sequence, stamp := binary.LittleEndian.Uint64(head), int64(binary.LittleEndian.Uint64(head[8:]))
	entries := binary.LittleEndian.Uint64(head[16:])
	if stamp < 0 {
		return nil, fmt.Errorf("%w: it is from before the epoch", ErrSnapshot)
	}
	m := newMemory()
	rest, built, err := m.restore(snapshot[snapshotHeader:], entries, sequence, stamp)
	if err != nil {
		return nil, err
	}
	books, rest, err := book.Restore(rest)
	if err = errors.Join(built(), err); err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: something follows it", ErrSnapshot)
	}
	s := with(books)
	s.lastSequence, s.lastStampNS, s.memory = sequence, stamp, m
	return s, nil
}

// restore reads so many entries, none of which may be newer than the log or be remembered longer than any can. The tables
// are built meanwhile and after it: until built returns, nobody else may use the memory.
func (m *memory) restore(data []byte, entries, lastSequence uint64, stampNS int64) (rest []byte, built func() error, err error) {
	if entries > uint64(len(data)/snapshotEntry) {
		return nil, nil, fmt.Errorf("%w: it is cut short", ErrSnapshot)
	}
	m.addPages(int(entries)/(blockEntries*blocksPerPage) + 1)
	commands, orders := newFilling(int(entries)), newFilling(int(entries))
	before := entry{}
	for range entries {
		e, length := readEntry(data)
		if length == 0 {
			return nil, nil, fmt.Errorf("%w: it is cut short", ErrSnapshot)
		}
		data = data[length:]
		if err := e.check(&before, lastSequence, stampNS); err != nil {
			return nil, nil, err
		}
		number := m.keep(&e)
		if e.command != (book.ID{}) {
			commands.add(e.command.Hash(), number)
		}
		if e.order != (book.ID{}) {
			orders.add(e.order.Hash(), number)
		}
		before = e
	}
	return data, m.build(commands, orders), nil
}

// build makes both tables at once, and gives what waits for them. The way in which they are built shows in no answer.
func (m *memory) build(commands, orders *filling) (built func() error) {
	var both sync.WaitGroup
	var twice error
	both.Go(func() {
		number, found := m.commands.fill(commands, func(one, other uint32) bool { return m.at(one).command == m.at(other).command })
		if found {
			twice = fmt.Errorf("%w: it remembers the command %s twice", ErrSnapshot, m.at(number).command)
		}
	})
	both.Go(func() { m.orders.fill(orders, func(_, _ uint32) bool { return false }) })
	return func() error {
		both.Wait()
		return twice
	}
}

// check says what is wrong with an entry, read behind another.
func (e *entry) check(before *entry, lastSequence uint64, stampNS int64) error {
	longest := max(maxExpiryAhead, rememberedWithoutExpiry)
	second, secondBefore := secondNumber(e.untilNS), secondNumber(before.untilNS)
	switch {
	case e.untilNS <= stampNS || e.untilNS-stampNS > longest,
		e.first == 0 || e.first > lastSequence || uint64(e.events) > lastSequence-e.first+1,
		second < secondBefore || second == secondBefore && e.first < before.first:
		return fmt.Errorf("%w: it remembers what cannot be", ErrSnapshot)
	case e.command == (book.ID{}) && (e.order == (book.ID{}) || before.order == (book.ID{}) || e.events != 0):
		return fmt.Errorf("%w: it remembers an order of no command", ErrSnapshot)
	case e.command != (book.ID{}) && e.events == 0:
		return fmt.Errorf("%w: it remembers a command without events", ErrSnapshot)
	}
	return nil
}

func readEntry(data []byte) (e entry, length int) {
	if len(data) == 0 {
		return e, 0
	}
	has := data[0]
	length = snapshotEntry
	if has&hasCommand != 0 {
		length += len(e.command)
	}
	if has&hasOrder != 0 {
		length += len(e.order)
	}
	if len(data) < length || has&^(hasCommand|hasOrder) != 0 {
		return e, 0
	}
	data = data[1:]
	if has&hasCommand != 0 {
		data = data[copy(e.command[:], data):]
	}
	if has&hasOrder != 0 {
		data = data[copy(e.order[:], data):]
	}
	e.first = binary.LittleEndian.Uint64(data)
	e.events = binary.LittleEndian.Uint32(data[8:])
	e.untilNS = int64(binary.LittleEndian.Uint64(data[12:]))
	return e, length
}
