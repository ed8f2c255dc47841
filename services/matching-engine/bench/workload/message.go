// Package workload makes the streams of messages that the books are measured with: seeded, so that every run and every book
// gets the same ones, and made before the clock starts.
package workload

import "daytrading/matching-engine/internal/book"

// Kind says what a message asks for.
type Kind uint8

// The kinds of message.
const (
	Place   Kind = iota + 1 // a limit order
	Cancel                  // of Order
	Replace                 // Order becomes NewOrder
)

// Message is what one participant sends. It holds no pointer, and messages lie one behind the other, so that reading them
// costs a book as little as it can.
type Message struct {
	Order, NewOrder book.ID
	PriceTicks      int64 // Replace: 0 keeps it
	QuantityLots    int64 // Replace: 0 keeps it
	Kind            Kind
	Side            book.Side
	TimeInForce     book.TimeInForce
	Account         uint8 // of Accounts
}

// Accounts are those that send all messages.
var Accounts = accounts()

const accountCount = 5

func accounts() [accountCount]book.ID {
	var ids [accountCount]book.ID
	for i := range ids {
		ids[i] = book.ID{0: 0xac, 6: 0x40, 8: 0x80, 15: byte(i + 1)}
	}
	return ids
}

// Workload is a stream: what fills the book, not measured, and then what is measured.
type Workload struct {
	Name     string
	Says     string // what it stands for, in a line
	Setup    []Message
	Messages []Message
}

// Sizes scale the workloads.
type Sizes struct {
	Messages int // measured ones of each
	Deep     int // orders that rest in the deep book
	Hot      int // orders at the one hot level
	Resting  int // orders around which the realistic book stays
}

// Full are the sizes of the published figures; Quick are those of a test.
var (
	Full  = Sizes{Messages: 2_000_000, Deep: 1_000_000, Hot: 100_000, Resting: 20_000}
	Quick = Sizes{Messages: 20_000, Deep: 20_000, Hot: 5_000, Resting: 5_000}
)

// Names are the workloads in the order of the report.
var Names = []string{"realistic", "deep", "sweeps", "hot", "drift"}

// Generate makes one of Names. The same seed and sizes make the same messages.
func Generate(name string, sizes Sizes, seed uint64) Workload {
	w := newWorld(seed)
	var step func()
	var says string
	switch name {
	case "realistic":
		says, step = realistic(w, sizes.Resting)
	case "deep":
		says, step = deep(w, sizes.Deep)
	case "sweeps":
		says, step = sweeps(w)
	case "hot":
		says, step = hot(w, sizes.Hot)
	case "drift":
		says, step = drift(w)
	default:
		panic("no workload is called " + name)
	}
	setup := w.take()
	w.messages = make([]Message, 0, sizes.Messages+1024)
	for len(w.messages) < sizes.Messages {
		step()
	}
	return Workload{Name: name, Says: says, Setup: setup, Messages: w.take()}
}

// Stream is the realistic workload without an end, for what is measured over more messages than memory should hold.
type Stream struct {
	world *world
	step  func()
	begun bool
}

// NewStream begins one; its first messages fill the book.
func NewStream(seed uint64) *Stream {
	w := newWorld(seed)
	_, step := realistic(w, Full.Resting)
	return &Stream{world: w, step: step}
}

// Next is at least count further messages; they are valid until the next call.
func (s *Stream) Next(count int) []Message {
	if s.begun {
		s.world.messages = s.world.messages[:0]
	}
	s.begun = true
	for len(s.world.messages) < count {
		s.step()
	}
	return s.world.messages
}
