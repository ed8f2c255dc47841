package event

import (
	"encoding/binary"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// Whose order an event is about.
const (
	named     = iota // the ids follow
	first            // the command's order; of a replace the new one
	second           // of a pair the stop order; of a replace the old one
	triggered        // that of the last order_triggered
)

const (
	whoseShift = 5
	kindBits   = 1<<whoseShift - 1

	symbolNamed book.EventKind = 0 // an item that is no event
)

// What an order_replaced has.
const (
	keepsPriority = 1 << iota
	hasStopPrice
	hasTrailTicks
	hasTrailBasisPoints
)

const takerSells = 1 << 2 // beside whose the taker is, in the second byte of a trade

// party is an order and its account.
type party struct{ order, account book.ID }

// parties are the orders that events need not name.
type parties [4]party

// of sets the parties that a command names.
func (p *parties) of(c *command.Command) {
	p[first] = party{c.Order.ID, c.Order.Account}
	p[triggered] = party{}
	switch c.Kind {
	case command.PlacePair:
		p[second] = party{c.Stop.ID, c.Stop.Account}
	case command.Replace:
		p[second] = p[first]
		p[first].order = c.NewOrderID
	default:
		p[second] = party{}
	}
}

// whose finds out how an order can be told. No event is about the nil UUID.
func (p *parties) whose(order book.ID) byte {
	for i := byte(first); i <= triggered; i++ {
		if p[i].order == order {
			return i
		}
	}
	return named
}

// Encoder writes the events of commands. It allocates nothing.
type Encoder struct {
	books   *book.Books
	parties parties
	symbol  book.Symbol // of which the reader knows by now
}

// NewEncoder makes an encoder of the events of these books.
func NewEncoder(books *book.Books) Encoder { return Encoder{books: books} }

// Begin starts with the events of a command. Its symbol is given when it has one that is listed, NoSymbol otherwise.
func (e *Encoder) Begin(c *command.Command, symbol book.Symbol) {
	e.parties.of(c)
	e.symbol = symbol
}

// Append appends an event.
func (e *Encoder) Append(to []byte, v *book.Event) []byte {
	switch v.Kind {
	case book.Traded:
		return e.appendTrade(to, v)
	case book.Cancelled, book.Reduced:
		to = append(e.appendSubject(to, v), byte(v.Reason))
		if v.Kind == book.Reduced {
			to = appendNumber(to, v.QuantityLots)
		}
		return appendNumber(to, v.RemainingLots)
	case book.Expired:
		return appendNumber(e.appendSubject(to, v), v.RemainingLots)
	case book.Repriced:
		return appendNumber(e.appendSubject(to, v), v.PriceTicks)
	case book.Triggered:
		to = appendNumber(e.appendSubject(to, v), v.PriceTicks)
		e.parties[triggered] = party{v.Order, e.books.AccountID(v.Account)}
		return to
	case book.Replaced:
		return e.appendReplaced(to, v)
	case book.Accepted:
		return append(to, byte(v.Kind)|(first+v.Leg)<<whoseShift)
	case book.Rejected:
		return append(to, byte(v.Kind)|(first+v.Leg)<<whoseShift, byte(v.Reason))
	case book.SymbolRejected, book.CancelRejected, book.ReplaceRejected:
		return append(to, byte(v.Kind), byte(v.Reason))
	case book.PhaseChanged:
		return append(to, byte(v.Kind), byte(v.Phase))
	case book.AllCancelled, SessionEnded:
		return appendNumber(append(to, byte(v.Kind)), v.QuantityLots)
	}
	return append(to, byte(v.Kind)) // symbol_listed, limits_changed, tick
}

func appendNumber(to []byte, number int64) []byte { return binary.AppendUvarint(to, uint64(number)) }

// appendSymbol names the event's symbol unless it is known.
func (e *Encoder) appendSymbol(to []byte, symbol book.Symbol) []byte {
	if symbol == e.symbol {
		return to
	}
	e.symbol = symbol
	name := e.books.SymbolName(symbol)
	return append(append(to, byte(symbolNamed), byte(len(name))), name...)
}

// appendSubject appends the kind and the order.
func (e *Encoder) appendSubject(to []byte, v *book.Event) []byte {
	to = e.appendSymbol(to, v.Symbol)
	whose := e.parties.whose(v.Order)
	to = append(to, byte(v.Kind)|whose<<whoseShift)
	if whose == named {
		to = e.appendParty(to, v.Order, v.Account)
	}
	return to
}

func (e *Encoder) appendParty(to []byte, order book.ID, account book.Account) []byte {
	id := e.books.AccountID(account)
	return append(append(to, order[:]...), id[:]...)
}

func (e *Encoder) appendTrade(to []byte, v *book.Event) []byte {
	to = e.appendSubject(to, v)
	taker := e.parties.whose(v.Other)
	side := byte(0)
	if v.Side == book.Sell {
		side = takerSells
	}
	to = append(to, taker|side)
	if taker == named {
		to = e.appendParty(to, v.Other, v.TakerAccount)
	}
	to = appendNumber(to, v.PriceTicks)
	to = appendNumber(to, v.QuantityLots)
	to = appendNumber(to, v.RemainingLots)
	return appendNumber(to, v.TakerRemainingLots)
}

func (e *Encoder) appendReplaced(to []byte, v *book.Event) []byte {
	to = e.appendSymbol(to, v.Symbol)
	has := byte(0)
	if v.KeepsPriority {
		has |= keepsPriority
	}
	if v.StopPriceTicks != 0 {
		has |= hasStopPrice
	}
	if v.TrailTicks != 0 {
		has |= hasTrailTicks
	}
	if v.TrailBasisPoints != 0 {
		has |= hasTrailBasisPoints
	}
	to = append(to, byte(v.Kind), has)
	to = appendNumber(to, v.PriceTicks)
	to = appendNumber(to, v.QuantityLots)
	to = appendNumber(to, v.RemainingLots)
	for _, optional := range [...]int64{v.StopPriceTicks, v.TrailTicks, int64(v.TrailBasisPoints)} {
		if optional != 0 {
			to = appendNumber(to, optional)
		}
	}
	return to
}
