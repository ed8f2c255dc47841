package sequencer

import (
	"container/heap"
	"time"

	"daytrading/matching-engine/internal/book"
)

// rememberedWithoutExpiry is how long, in journal time, a command that has no expiry is remembered.
const rememberedWithoutExpiry = int64(60 * time.Second)

// memory remembers decided commands, so that a repeat gets the first result, and the order ids they used,
// so that none is used twice, until journal time has passed each command's expiry. It is a function of the
// journalled commands and their stamps alone: a replay rebuilds it.
type memory struct {
	commands map[book.ID]remembered
	orders   map[book.ID]struct{}
	byExpiry expiries
}

type remembered struct {
	first, last uint64
	untilNS     int64
	order       book.ID
	ownsOrder   bool // order is to be forgotten with the command
}

func newMemory() *memory {
	return &memory{commands: map[book.ID]remembered{}, orders: map[book.ID]struct{}{}}
}

// forget drops what expired before the stamp.
func (m *memory) forget(stamp int64) {
	for len(m.byExpiry) > 0 && m.byExpiry[0].untilNS < stamp {
		gone := heap.Pop(&m.byExpiry).(expiry)
		if r := m.commands[gone.command]; r.ownsOrder {
			delete(m.orders, r.order)
		}
		delete(m.commands, gone.command)
	}
}

func (m *memory) remember(c *Command, stamp int64, first, last uint64, newOrder bool) {
	r := remembered{first: first, last: last, untilNS: stamp + rememberedWithoutExpiry}
	if c.Kind == Place {
		r.untilNS = c.ExpiresAtNS
	}
	if newOrder {
		r.order, r.ownsOrder = c.OrderID, true
		m.orders[c.OrderID] = struct{}{}
	}
	m.commands[c.ID] = r
	heap.Push(&m.byExpiry, expiry{untilNS: r.untilNS, command: c.ID})
}

type expiry struct {
	untilNS int64
	command book.ID
}

// expiries is a heap: the earliest first.
type expiries []expiry

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].untilNS < e[j].untilNS }
func (e expiries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *expiries) Push(x any)        { *e = append(*e, x.(expiry)) }
func (e *expiries) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
