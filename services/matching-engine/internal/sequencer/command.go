package sequencer

import (
	"fmt"

	"daytrading/matching-engine/internal/book"
)

// Kind is what a command asks for.
type Kind uint8

// The kinds of command. Tick is the engine's own: journal time goes on while nothing happens.
const (
	Place Kind = iota + 1
	Cancel
	ListSymbol
	EndSession
	Tick
)

var kindNames = [...]string{Place: "place", Cancel: "cancel", ListSymbol: "list_symbol", EndSession: "end_session", Tick: "tick"}

// String is the kind's name on the wire.
func (k Kind) String() string { return kindNames[k] }

// Command is one validated command. Which fields count depends on its kind.
type Command struct {
	ID          book.ID
	Kind        Kind
	ExpiresAtNS int64  // place: the last journal time at which it may be stamped
	StampedByNS int64  // place: the engine's cap on the expiry, for its time in the queue; 0: none (a replay)
	Trace       string // traceparent that goes into the events; empty: none

	OrderID       book.ID // place, cancel
	AccountID     book.ID // place, cancel
	Symbol        string  // place, list_symbol
	Session       string  // end_session: a date
	EndsAtNS      int64   // end_session: the journal time before which its orders were accepted
	ClientOrderID string  // from here on: place
	Side          book.Side
	Type          book.OrderType
	TimeInForce   book.TimeInForce
	LimitTicks    int64
	QuantityLots  int64
	Terms         []byte // an opaque JSON object, compact
}

// Names of the enumerations on the wire.
var (
	sideNames        = [...]string{book.Buy: "buy", book.Sell: "sell"}
	typeNames        = [...]string{book.Limit: "limit", book.Market: "market"}
	timeInForceNames = [...]string{
		book.Day: "day", book.GoodTillCancelled: "gtc", book.ImmediateOrCancel: "ioc", book.FillOrKill: "fok",
	}
)

// SideName is a side's name on the wire.
func SideName(side book.Side) string { return sideNames[side] }

// Limits of a command and of a call.
const (
	MaxCommandsPerCall    = 1024
	maxNumber             = 1_000_000_000_000_000 // ticks and lots
	maxSymbolBytes        = 32
	maxClientOrderIDRunes = 128
)

// InvalidError says which part of a call is wrong, and why.
type InvalidError struct {
	Path   string
	Reason string
}

func (e *InvalidError) Error() string {
	if e.Path == "" {
		return "the body " + e.Reason
	}
	return e.Path + " " + e.Reason
}

func invalid(path, format string, values ...any) error {
	return &InvalidError{Path: path, Reason: fmt.Sprintf(format, values...)}
}
