package sequencer

import (
	"slices"
	"time"

	"daytrading/matching-engine/internal/book"
)

// rememberedWithoutExpiry is how long, in journal time, a command that has no expiry is remembered.
const rememberedWithoutExpiry = int64(60 * time.Second)

// memory remembers decided commands, so that a repeat gets the first result, and the order ids they used, so that none is
// used twice, until journal time has passed each command's expiry (rules D2 and D4). What it remembers is a function of
// the journalled commands and their stamps alone; when it gives back the room of what it forgot is its own affair.
//
// Entries lie in the order in which they came, in blocks, one chain of blocks for each second in which something
// expires. So both remembering and forgetting walk memory from front to back, and only the two tables, by command id and
// by order id, are reached at random. An entry takes 56 bytes, and each of its ids 8 bytes at a load of 0.3 to 0.6.
type memory struct {
	commands, orders table
	pages            [][]entry    // of blocksPerPage blocks
	blocks           []block      // by number
	free             uint32       // block that begins the chain of free ones; none: noBlock
	seconds          [ring]second // by the second's last bits
	oldest           int64        // no second before this one holds anything
	newest           int64        // nor any behind this one
	count            int          // entries, with what expired and still takes room
}

type entry struct {
	command book.ID // nil UUID: a pair's second order id, of the entry before
	order   book.ID // that the command used; nil UUID: none
	first   uint64  // sequence of its first event
	untilNS int64   // the last journal time at which it is remembered
	events  uint32
	_       uint32
}

// block is where a chain of entries goes on.
type block struct {
	next uint32
	used uint32 // of its entries, from its front
}

// second is what expires within one second.
type second struct {
	number      int64 // since the epoch
	first, last uint32
	reclaimed   uint32 // entries of the first block that are gone already
}

const (
	blockEntries  = 64
	blocksPerPage = 256
	noBlock       = ^uint32(0)

	// ring is more than the seconds that an expiry may lie ahead.
	ring = 1 << 12

	// How many forgotten entries give back their room with each command, which brings two at most, and with each tick.
	reclaimedPerCommand = 4
	reclaimedPerTick    = 1 << 17
)

func secondNumber(momentNS int64) int64 { return momentNS / int64(time.Second) }

func newMemory() *memory {
	m := &memory{free: noBlock}
	for i := range m.seconds {
		m.seconds[i] = second{first: noBlock, last: noBlock}
	}
	return m
}

func (m *memory) at(number uint32) *entry {
	return &m.pages[number/(blockEntries*blocksPerPage)][number%(blockEntries*blocksPerPage)]
}

// command is what was remembered of a command at a stamp.
func (m *memory) command(id *book.ID, stampNS int64) *entry {
	hash := id.Hash()
	number, behind, found := m.commands.next(hash, m.commands.home(hash))
	for found {
		if e := m.at(number); e.untilNS >= stampNS && e.command == *id {
			return e
		}
		number, behind, found = m.commands.next(hash, behind)
	}
	return nil
}

// used says whether a command that is remembered at a stamp used an order id.
func (m *memory) used(id *book.ID, stampNS int64) bool {
	hash := id.Hash()
	number, behind, found := m.orders.next(hash, m.orders.home(hash))
	for found {
		if e := m.at(number); e.untilNS >= stampNS && e.order == *id {
			return true
		}
		number, behind, found = m.orders.next(hash, behind)
	}
	return false
}

// touchReclaimed loads where the tables hold the ids that are forgotten next.
func (m *memory) touchReclaimed(most int) (sum uint64) {
	s := &m.seconds[m.oldest&(ring-1)]
	if s.number != m.oldest || s.first == noBlock {
		return 0
	}
	for i := s.reclaimed; i < min(m.blocks[s.first].used, s.reclaimed+uint32(most)); i++ {
		e := m.at(s.first*blockEntries + i)
		sum += m.commands.touch(e.command.Hash()) + m.orders.touch(e.order.Hash())
	}
	return sum
}

// remember adds an entry.
func (m *memory) remember(e entry) {
	number := m.keep(&e)
	if e.command != (book.ID{}) {
		m.commands.put(e.command.Hash(), number)
	}
	if e.order != (book.ID{}) {
		m.orders.put(e.order.Hash(), number)
	}
}

// keep adds an entry behind those of its second, and to no table.
func (m *memory) keep(e *entry) (number uint32) {
	s := m.secondOf(secondNumber(e.untilNS))
	if s.last == noBlock || m.blocks[s.last].used == blockEntries {
		added := m.newBlock()
		if s.last == noBlock {
			s.first, s.reclaimed = added, 0
		} else {
			m.blocks[s.last].next = added
		}
		s.last = added
	}
	b := &m.blocks[s.last]
	number = s.last*blockEntries + b.used
	b.used++
	*m.at(number) = *e
	m.count++
	return number
}

// secondOf is the second with a number. What its place in the ring held before expired more than an hour ago.
func (m *memory) secondOf(number int64) *second {
	s := &m.seconds[number&(ring-1)]
	if s.number != number {
		m.reclaimSecond(s, m.count)
		s.number = number
	}
	if m.count == 0 {
		m.oldest, m.newest = number, number
	}
	m.oldest, m.newest = min(m.oldest, number), max(m.newest, number)
	return s
}

func (m *memory) newBlock() uint32 {
	if m.free == noBlock {
		if len(m.blocks) == len(m.pages)*blocksPerPage {
			m.addPages(len(m.pages)/16 + 1)
		}
		m.blocks = append(m.blocks, block{next: noBlock})
		return uint32(len(m.blocks) - 1)
	}
	number := m.free
	m.free = m.blocks[number].next
	m.blocks[number] = block{next: noBlock}
	return number
}

// addPages makes room for entries, in one piece.
func (m *memory) addPages(count int) {
	entries := make([]entry, count*blockEntries*blocksPerPage)
	for page := range slices.Chunk(entries, blockEntries*blocksPerPage) {
		m.pages = append(m.pages, page)
	}
}

// reclaim gives back the room of at most so many entries that are forgotten at a stamp.
func (m *memory) reclaim(stampNS int64, most int) {
	for most > 0 && m.count > 0 && m.oldest < secondNumber(stampNS) {
		s := &m.seconds[m.oldest&(ring-1)]
		if s.number == m.oldest {
			most -= m.reclaimSecond(s, most)
			if s.first != noBlock {
				return
			}
		}
		m.oldest++
	}
}

// reclaimSecond gives back at most so many of a second's entries, and says how many.
func (m *memory) reclaimSecond(s *second, most int) (gone int) {
	for s.first != noBlock && gone < most {
		b := &m.blocks[s.first]
		for ; s.reclaimed < b.used && gone < most; gone++ {
			m.forget(s.first*blockEntries + s.reclaimed)
			s.reclaimed++
		}
		if s.reclaimed < b.used {
			break
		}
		emptied := s.first
		s.first, s.reclaimed = b.next, 0
		if s.first == noBlock {
			s.last = noBlock
		}
		b.next, m.free = m.free, emptied
	}
	m.count -= gone
	return gone
}

func (m *memory) forget(number uint32) {
	e := m.at(number)
	if e.command != (book.ID{}) {
		m.commands.remove(e.command.Hash(), number)
	}
	if e.order != (book.ID{}) {
		m.orders.remove(e.order.Hash(), number)
	}
}

// each visits what will be remembered after a stamp, by the second of its expiry, and as it came within one.
func (m *memory) each(stampNS int64, visit func(e *entry)) {
	for number := m.oldest; m.count > 0 && number <= m.newest; number++ {
		s := &m.seconds[number&(ring-1)]
		if s.number != number {
			continue
		}
		from := s.reclaimed
		for at := s.first; at != noBlock; at = m.blocks[at].next {
			for i := from; i < m.blocks[at].used; i++ {
				if e := m.at(at*blockEntries + i); e.untilNS > stampNS {
					visit(e)
				}
			}
			from = 0
		}
	}
}
