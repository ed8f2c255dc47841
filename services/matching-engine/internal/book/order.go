package book

// Side says whether an order buys or sells.
type Side uint8

// The two sides. The zero value is none of them, so that a forgotten side shows.
const (
	Buy Side = iota + 1
	Sell
)

// Opposite is the side an order trades against.
func (s Side) Opposite() Side {
	if s == Buy {
		return Sell
	}
	return Buy
}

// OrderType says what an order's limit price means.
type OrderType uint8

const (
	// Limit trades at its limit price or better and may rest.
	Limit OrderType = iota + 1
	// Market trades at once; its limit price is a collar. It never rests.
	Market
)

// TimeInForce says how long an order may wait.
type TimeInForce uint8

const (
	// Day orders rest until the session ends.
	Day TimeInForce = iota + 1
	// GoodTillCancelled orders rest until they are filled or cancelled.
	GoodTillCancelled
	// ImmediateOrCancel orders trade what they can at once; the rest is cancelled.
	ImmediateOrCancel
	// FillOrKill orders trade wholly at once or not at all.
	FillOrKill
)

// Order is one order as the book sees it. The caller fills the exported fields and then leaves the order to
// the book, which counts RemainingLots down.
type Order struct {
	ID              ID
	AccountID       ID
	Side            Side
	Type            OrderType
	TimeInForce     TimeInForce
	LimitPriceTicks int64
	RemainingLots   int64
	AcceptedAtNS    int64 // journal time; the end of a session takes only what was accepted before it

	book       *Book
	level      *level // nil while the order does not rest
	prev, next *Order
}

// Symbol is the symbol of the book the order was placed in.
func (o *Order) Symbol() string { return o.book.Symbol }

// Fill is one trade: the incoming order against one resting order, at the resting order's price.
type Fill struct {
	Maker              *Order
	PriceTicks         int64
	QuantityLots       int64
	MakerRemainingLots int64
	TakerRemainingLots int64
}

// Remainder says what became of the part of a placed order that did not trade.
type Remainder uint8

const (
	// NothingRemains: the order was filled completely.
	NothingRemains Remainder = iota + 1
	// Rests: the remainder waits in the book.
	Rests
	// CancelledImmediateOrCancel: an IOC order's remainder.
	CancelledImmediateOrCancel
	// CancelledFillOrKill: a FOK order that could not be filled wholly; it traded nothing.
	CancelledFillOrKill
	// CancelledCollar: a market order's remainder, beyond its collar or beyond what the book held.
	CancelledCollar
)
