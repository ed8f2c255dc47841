package command

import (
	"encoding/binary"
	"errors"
	"fmt"

	"daytrading/matching-engine/internal/book"
)

// MediaType is that of a call's body in binary form.
const MediaType = "application/vnd.day-trading.commands.v1"

// The binary form, field by field, is in contracts/engine/binary.md. All numbers are little endian.

// flagTrace says that a trace follows the command's id.
const flagTrace = 1

// What an order has of its optional numbers, in the order in which they follow each other.
const (
	hasStopPrice = 1 << iota
	hasTrailTicks
	hasTrailBasisPoints
	hasDisplay
	hasMinimum
	hasExpireAt
)

// What a replacement changes, in the order in which the values follow each other.
const (
	changesLimitPrice = 1 << iota
	changesQuantity
	changesStopPrice
	changesTrailTicks
	changesTrailBasisPoints
	changesClientOrderID
	changesTerms
)

// What a cancel_all names.
const (
	namesAccount = 1 << iota
	namesSymbol
)

const (
	idBytes         = 16
	binaryTrace     = 25 // trace id, span id, flags
	fixedOrderBytes = 13 + 2*idBytes + 2*8
	sessionBytes    = 10 // a date
	lengthBytes     = 4  // before each command of a call
)

// AppendBinary appends the command's binary form. The command must be one that decoding gives.
func AppendBinary(to []byte, c *Command) []byte {
	var flags byte
	if c.Trace.Present {
		flags = flagTrace
	}
	to = append(to, byte(c.Kind), flags)
	if !c.Kind.Own() {
		to = append(to, c.ID[:]...)
	}
	if c.Trace.Present {
		to = append(to, c.Trace.TraceID[:]...)
		to = append(to, c.Trace.SpanID[:]...)
		to = append(to, c.Trace.Flags)
	}
	switch c.Kind {
	case Place:
		to = appendNumber(to, c.ExpiresAtNS)
		to = appendOrder(to, &c.Order, c.Symbol, c.ClientOrderID, c.Terms)
	case PlacePair:
		to = appendNumber(to, c.ExpiresAtNS)
		to = appendOrder(to, &c.Order, c.Symbol, c.ClientOrderID, c.Terms)
		to = appendOrder(to, &c.Stop, c.Symbol, c.StopClientOrderID, c.StopTerms)
	case Cancel:
		to = append(to, c.Order.ID[:]...)
		to = append(to, c.Order.Account[:]...)
	case Replace:
		to = appendReplacement(appendNumber(to, c.ExpiresAtNS), c)
	case CancelAll:
		to = appendCancelAll(to, c)
	case ListSymbol, HaltSymbol, ResumeSymbol:
		to = appendSymbol(to, c.Symbol)
	case EndSession:
		to = append(appendNumber(to, c.EndsAtNS), c.Session...)
	case SetLimits:
		for _, limit := range limitsOf(&c.Limits) {
			to = appendNumber(to, *limit)
		}
	}
	return to
}

func limitsOf(l *book.Limits) [6]*int64 {
	return [6]*int64{
		&l.OpenOrders, &l.OpenOrdersPerAccount, &l.LevelsPerSide, &l.Symbols, &l.TrailingStopsPerSymbol, &l.TradesPerOrder,
	}
}

func appendNumber(to []byte, number int64) []byte {
	return binary.LittleEndian.AppendUint64(to, uint64(number))
}

func appendSymbol(to, symbol []byte) []byte { return append(append(to, byte(len(symbol))), symbol...) }

func appendOrder(to []byte, o *book.Order, symbol, clientOrderID, terms []byte) []byte {
	present := len(to)
	to = append(to, 0, byte(o.Side), byte(o.Type), byte(o.TimeInForce), byte(o.PostOnly), byte(o.SelfTrade), byte(len(symbol)))
	to = binary.LittleEndian.AppendUint16(to, uint16(len(clientOrderID)))
	to = binary.LittleEndian.AppendUint32(to, uint32(len(terms)))
	to = append(to, o.ID[:]...)
	to = append(to, o.Account[:]...)
	to = appendNumber(to, o.LimitPriceTicks)
	to = appendNumber(to, o.QuantityLots)
	optional := [...]int64{o.StopPriceTicks, o.TrailTicks, int64(o.TrailBasisPoints), o.DisplayLots, o.MinimumLots, o.ExpireAtNS}
	for i, number := range optional {
		if number != 0 {
			to[present] |= 1 << i
			to = appendNumber(to, number)
		}
	}
	to = append(to, symbol...)
	to = append(to, clientOrderID...)
	return append(to, terms...)
}

func appendReplacement(to []byte, c *Command) []byte {
	present, o := len(to), &c.Order
	to = append(to, 0)
	to = append(to, o.ID[:]...)
	to = append(to, o.Account[:]...)
	to = append(to, c.NewOrderID[:]...)
	optional := [...]int64{o.LimitPriceTicks, o.QuantityLots, o.StopPriceTicks, o.TrailTicks, int64(o.TrailBasisPoints)}
	for i, number := range optional {
		if number != 0 {
			to[present] |= 1 << i
			to = appendNumber(to, number)
		}
	}
	if len(c.ClientOrderID) > 0 {
		to[present] |= changesClientOrderID
		to = binary.LittleEndian.AppendUint16(to, uint16(len(c.ClientOrderID)))
		to = append(to, c.ClientOrderID...)
	}
	if len(c.Terms) > 0 {
		to[present] |= changesTerms
		to = binary.LittleEndian.AppendUint32(to, uint32(len(c.Terms)))
		to = append(to, c.Terms...)
	}
	return to
}

func appendCancelAll(to []byte, c *Command) []byte {
	present := len(to)
	to = append(to, 0)
	if c.Order.Account != (book.ID{}) {
		to[present] |= namesAccount
		to = append(to, c.Order.Account[:]...)
	}
	if len(c.Symbol) > 0 {
		to[present] |= namesSymbol
		to = appendSymbol(to, c.Symbol)
	}
	return to
}

// DecodeBinary reads a command's binary form and refuses all that DecodeCall would refuse, and terms that are not
// compact; so the same command has one binary form. The engine's own kinds are refused.
func DecodeBinary(to *Command, data []byte) error {
	if len(data) > 0 && Kind(data[0]).Own() {
		return invalid("kind", "must not be %s", Kind(data[0]))
	}
	return within("", decodeBinary(to, data, true))
}

// DecodeJournalled reads what AppendBinary wrote, of the engine's own kinds, too. Whatever it is given, what it returns is
// safe to decide; but texts and combinations, which were checked when the command came, are not checked again.
func DecodeJournalled(to *Command, data []byte) error {
	return within("", decodeBinary(to, data, false))
}

// DecodeBinaryCall reads the body of a call in binary form and appends its commands, as DecodeCall does.
func DecodeBinaryCall(to []Command, body []byte) ([]Command, error) {
	start := len(to)
	for n := 0; len(body) > 0; n++ {
		if n == MaxCommandsPerCall {
			return to[:start], ErrTooManyCommands
		}
		path := func() string { return fmt.Sprintf("commands[%d]", n) }
		if len(body) < lengthBytes {
			return to[:start], within(path(), errShort)
		}
		length := binary.LittleEndian.Uint32(body)
		body = body[lengthBytes:]
		if uint64(length) > uint64(len(body)) {
			return to[:start], within(path(), errShort)
		}
		to = append(to, Command{})
		if err := DecodeBinary(&to[len(to)-1], body[:length:length]); err != nil {
			return to[:start], within(path(), err)
		}
		body = body[length:]
	}
	if len(to) == start {
		return to, invalid("commands", "must not be empty")
	}
	return to, nil
}

// AppendBinaryCall appends a command as it stands in the body of a call.
func AppendBinaryCall(to []byte, c *Command) []byte {
	at := len(to)
	to = AppendBinary(append(to, 0, 0, 0, 0), c)
	binary.LittleEndian.PutUint32(to[at:], uint32(len(to)-at-lengthBytes))
	return to
}

var (
	errShort = errors.New("is cut short")
	errLong  = errors.New("has bytes behind its end")
	errBits  = errors.New("has flags that nobody knows")
	errEnum  = errors.New("has a number that stands for nothing")
)
