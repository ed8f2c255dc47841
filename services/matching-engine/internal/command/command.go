// Package command is what the matching engine can be asked: one flat struct, its strict JSON form (the body of a call)
// and its binary form (the journal's, and the compact body of a call; contracts/engine/binary.md). Both forms say the
// same and refuse the same: what a command may combine is checked here, before anything is decided, and nowhere else.
package command

import (
	"fmt"

	"daytrading/matching-engine/internal/book"
)

// Kind is what a command asks for. The values are those of the binary form: a new kind takes a new one.
type Kind uint8

// The kinds of command. Tick and SetLimits are the engine's own; no call may hold them.
const (
	Place Kind = iota + 1
	PlacePair
	Cancel
	Replace
	CancelAll
	ListSymbol
	HaltSymbol
	ResumeSymbol
	EndSession
	Tick      // journal time goes on
	SetLimits // other limits hold from here on
)

var kindNames = [...]string{
	Place: "place", PlacePair: "place_pair", Cancel: "cancel", Replace: "replace", CancelAll: "cancel_all",
	ListSymbol: "list_symbol", HaltSymbol: "halt_symbol", ResumeSymbol: "resume_symbol", EndSession: "end_session",
	Tick: "tick", SetLimits: "set_limits",
}

// Kinds is how many kinds there are: they are 1 to Kinds.
const Kinds = len(kindNames) - 1

// String is the kind's name on the wire.
func (k Kind) String() string {
	if int(k) >= len(kindNames) || k == 0 {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// Expires says whether a command of this kind has an expiry (rule D3).
func (k Kind) Expires() bool { return k == Place || k == PlacePair || k == Replace }

// Own says whether only the engine itself makes commands of this kind. They have no id and are never repeated.
func (k Kind) Own() bool { return k == Tick || k == SetLimits }

// Command is one command. Which fields count depends on its kind; the others are zero. Its texts are views of what it
// was decoded from, which must not change while the command is used.
type Command struct {
	ID          book.ID
	Kind        Kind
	Trace       Trace // goes into the events
	ExpiresAtNS int64 // place, place_pair, replace: the last journal time at which it may be stamped
	StampedByNS int64 // of the same: the engine's cap on it, for its time in the queue; 0: none. In no form of the command

	// Order is the order of a place and the limit order of a pair. A cancel has its ID and Account; a cancel_all has an
	// Account or none; a replace has the ID and Account of the open order, and what shall change: QuantityLots,
	// LimitPriceTicks, StopPriceTicks, TrailTicks, TrailBasisPoints (0: stays). Symbol and Used are the sequencer's.
	Order         book.Order
	NewOrderID    book.ID // replace
	Symbol        []byte  // place, place_pair, {list,halt,resume}_symbol; cancel_all: empty for any
	ClientOrderID []byte  // place, limit order of a pair; replace: empty when it stays
	Terms         []byte  // as ClientOrderID: an opaque JSON object, compact

	// Stop is the stop order of a pair.
	Stop              book.Order
	StopClientOrderID []byte
	StopTerms         []byte

	Session  []byte      // end_session: a date
	EndsAtNS int64       // end_session: the journal time before which its orders were accepted
	Limits   book.Limits // set_limits
}

// Limits of a command and of a call.
const (
	MaxCommandsPerCall  = 1024
	MaxCallBytes        = 2 << 20
	MaxNumber           = book.MaxNumber // ticks and lots
	MaxTrailBasisPoints = 9_999
	MaxSymbolBytes      = 32
	MaxTermsBytes       = 64 << 10 // without space between its parts

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

// ErrTooManyCommands is the InvalidError of a call with more than MaxCommandsPerCall.
var ErrTooManyCommands = invalid("commands", "must be at most %d", MaxCommandsPerCall)

func invalid(path, format string, values ...any) error {
	return &InvalidError{Path: path, Reason: fmt.Sprintf(format, values...)}
}
