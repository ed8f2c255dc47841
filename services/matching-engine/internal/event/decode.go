package event

import (
	"encoding/binary"
	"errors"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// ErrFormat says that a record's events are none that an Encoder wrote for its command.
var ErrFormat = errors.New("the events of a record are not in their binary form")

// item is one event as it is read.
type item struct {
	kind         book.EventKind
	whose        byte
	reason       book.Reason
	phase        book.Phase
	takerSells   bool
	has          byte // an order_replaced's
	order, taker party
	numbers      [6]int64 // in the order in which they are written
}

// scanner takes the items of a record one after the other.
type scanner struct {
	data    []byte
	parties parties
	asked   command.Kind
	symbol  []byte
}

func (s *scanner) begin(c *command.Command, events []byte) {
	s.parties.of(c)
	s.asked, s.symbol, s.data = c.Kind, c.Symbol, events
}

// next reads the next event.
func (s *scanner) next(to *item) error {
	head, ok := s.byte()
	if ok && head == byte(symbolNamed) {
		if !s.readSymbol() {
			return ErrFormat
		}
		head, ok = s.byte()
	}
	*to = item{kind: book.EventKind(head & kindBits), whose: head >> whoseShift}
	if !ok || to.kind == symbolNamed || to.kind >= kinds || to.whose > triggered || !s.read(to) || !s.fits(to) {
		return ErrFormat
	}
	return nil
}

// fits says whether the event can be one of the command's: it is then told with members that the command has.
func (s *scanner) fits(v *item) bool {
	switch v.kind {
	case book.Accepted, book.Rejected:
		return s.asked == command.Place && v.whose == first || s.asked == command.PlacePair
	case book.Listed:
		return s.asked == command.ListSymbol
	case book.PhaseChanged:
		return s.asked == command.HaltSymbol || s.asked == command.ResumeSymbol
	case book.CancelRejected:
		return s.asked == command.Cancel
	case book.Replaced, book.ReplaceRejected:
		return s.asked == command.Replace && (len(s.symbol) > 0 || v.kind == book.ReplaceRejected)
	case book.AllCancelled:
		return s.asked == command.CancelAll
	case SessionEnded:
		return s.asked == command.EndSession
	case LimitsChanged:
		return s.asked == command.SetLimits
	case Tick:
		return s.asked == command.Tick
	}
	return len(s.symbol) > 0
}

// read reads what the kind has.
func (s *scanner) read(to *item) bool {
	switch to.kind {
	case book.Traded:
		return s.party(&to.order, to.whose) && s.taker(to) && s.numbers(to.numbers[:4])
	case book.Cancelled:
		return s.party(&to.order, to.whose) && s.reason(to) && s.numbers(to.numbers[:1])
	case book.Reduced:
		return s.party(&to.order, to.whose) && s.reason(to) && s.numbers(to.numbers[:2])
	case book.Expired, book.Repriced:
		return s.party(&to.order, to.whose) && s.numbers(to.numbers[:1])
	case book.Triggered:
		read := s.party(&to.order, to.whose) && s.numbers(to.numbers[:1])
		s.parties[triggered] = to.order
		return read
	case book.Replaced:
		return s.replaced(to)
	case book.Accepted:
		return to.whose == first || to.whose == second
	case book.Rejected:
		return (to.whose == first || to.whose == second) && s.reason(to)
	case book.SymbolRejected, book.CancelRejected, book.ReplaceRejected:
		return s.reason(to)
	case book.PhaseChanged:
		phase, ok := s.byte()
		to.phase = book.Phase(phase)
		return ok && phase > 0 && int(phase) < len(phaseNames)
	case book.AllCancelled, SessionEnded:
		return s.numbers(to.numbers[:1])
	}
	return true
}

func (s *scanner) byte() (byte, bool) {
	if len(s.data) == 0 {
		return 0, false
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b, true
}

func (s *scanner) readSymbol() bool {
	length, ok := s.byte()
	if !ok || int(length) > len(s.data) {
		return false
	}
	s.symbol, s.data = s.data[:length], s.data[length:]
	return command.ValidSymbol(string(s.symbol))
}

func (s *scanner) party(to *party, whose byte) bool {
	if whose != named {
		*to = s.parties[whose]
		return true
	}
	if len(s.data) < len(to.order)+len(to.account) {
		return false
	}
	s.data = s.data[copy(to.order[:], s.data):]
	s.data = s.data[copy(to.account[:], s.data):]
	return true
}

func (s *scanner) taker(to *item) bool {
	flags, ok := s.byte()
	if !ok || flags&^(takerSells|triggered) != 0 {
		return false
	}
	to.takerSells = flags&takerSells != 0
	return s.party(&to.taker, flags&triggered)
}

func (s *scanner) reason(to *item) bool {
	reason, ok := s.byte()
	to.reason = book.Reason(reason)
	return ok && reason > 0 && int(reason) < len(reasonNames)
}

func (s *scanner) replaced(to *item) bool {
	has, ok := s.byte()
	if !ok || has > keepsPriority|hasStopPrice|hasTrailTicks|hasTrailBasisPoints || !s.numbers(to.numbers[:3]) {
		return false
	}
	to.has = has
	for i, bit := range [...]byte{hasStopPrice, hasTrailTicks, hasTrailBasisPoints} {
		if has&bit != 0 && !s.numbers(to.numbers[3+i:4+i]) {
			return false
		}
	}
	return true
}

func (s *scanner) numbers(to []int64) bool {
	for i := range to {
		number, length := binary.Uvarint(s.data)
		if length <= 0 || int64(number) < 0 {
			return false
		}
		to[i] = int64(number)
		s.data = s.data[length:]
	}
	return true
}
