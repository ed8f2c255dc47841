package book

// Side says whether an order buys or sells.
type Side uint8

// The two sides. The zero value is none of them, so that a forgotten side shows.
const (
	Buy Side = iota + 1
	Sell
)

// Opposite is the side an order trades against.
func (s Side) Opposite() Side { return 3 - s }

// OrderType says what an order's prices mean; see rules O1 to O5.
type OrderType uint8

// The order types.
const (
	Limit OrderType = iota + 1
	Market
	Stop
	StopLimit
	TrailingStop
)

// TimeInForce says how long an order may wait; see rules T1 to T5.
type TimeInForce uint8

// The times in force.
const (
	Day TimeInForce = iota + 1
	GoodTillCancelled
	GoodTillDate
	ImmediateOrCancel
	FillOrKill
)

// PostOnly says what becomes of an order that must not trade on arrival but would; see rule O7.
type PostOnly uint8

// The zero value: the order is not post-only.
const (
	PostOnlyReject PostOnly = iota + 1
	PostOnlyReprice
)

// SelfTrade is a taker's self-trade prevention; see rules S1 to S3. The zero value lets orders of one account trade.
type SelfTrade uint8

// The modes of self-trade prevention.
const (
	CancelNewest SelfTrade = iota + 1
	CancelOldest
	CancelBoth
	Decrement
)

// Phase is a symbol's phase; see rule H1.
type Phase uint8

// The phases. Auctions will be further values.
const (
	Continuous Phase = iota + 1
	Halted
)

const (
	// MaxNumber is the highest price, in ticks, and the most lots of an order.
	MaxNumber = 1_000_000_000_000_000

	// MaxShowings is how often an iceberg can be shown at most: its display is at least that part of its quantity (rule
	// O6).
	MaxShowings = 1_000
)

// Symbol numbers the symbols in the order of their listing. It is valid in the Books that gave it.
type Symbol uint32

// NoSymbol stands for any symbol, or for none.
const NoSymbol = ^Symbol(0)

// Account numbers the accounts that have, or had, orders. It is valid in the Books that gave it.
type Account uint32

// Limits of what the books hold and of what a taker does; see rules P7, P8, G6, D4 and D6.
type Limits struct {
	OpenOrders             int64
	OpenOrdersPerAccount   int64
	LevelsPerSide          int64
	Symbols                int64
	TrailingStopsPerSymbol int64
	TradesPerOrder         int64
}

// Order is a new order as its sender gives it. Its combinations were checked when it was decoded.
type Order struct {
	ID, Account      ID
	Symbol           Symbol
	Side             Side
	Type             OrderType
	TimeInForce      TimeInForce
	PostOnly         PostOnly
	SelfTrade        SelfTrade
	Used             bool  // the id was used by a command that is still remembered (rule D4)
	TrailBasisPoints int32 // trailing stop: this or TrailTicks, the other is 0
	LimitPriceTicks  int64 // limit, or collar
	QuantityLots     int64
	StopPriceTicks   int64 // stop and stop limit
	TrailTicks       int64
	DisplayLots      int64 // 0: no iceberg
	MinimumLots      int64 // 0: none
	ExpireAtNS       int64 // good till date
}

// Replacement changes an open order; see rules C3 to C6. A zero leaves what it stands for as it is.
type Replacement struct {
	OrderID, Account, NewID ID
	NewIDUsed               bool
	TrailBasisPoints        int32
	QuantityLots            int64
	LimitPriceTicks         int64
	StopPriceTicks          int64
	TrailTicks              int64
}

// EventKind says what an event tells.
type EventKind uint8

// The kinds of event that the books make.
const (
	Listed EventKind = iota + 1
	SymbolRejected
	PhaseChanged
	Accepted
	Rejected
	Repriced
	Traded
	Cancelled
	Reduced
	Triggered
	CancelRejected
	Replaced
	ReplaceRejected
	AllCancelled
	Expired
)

// Reason says why something was rejected, cancelled or reduced.
type Reason uint8

// The reasons; the zero value is none.
const (
	AlreadyListed Reason = iota + 1
	TooManySymbols
	UnknownSymbol
	AlreadyHalted
	NotHalted
	DuplicateOrderID
	SymbolHalted
	AlreadyExpired
	TooManyOpenOrders
	TooManyOpenOrdersOfAccount
	NoReferencePrice
	StopOutOfRange
	TooManyTrailingStops
	WouldTrade
	OrderNotOpen
	NotOwner
	NotApplicable
	QuantityFilled
	DisplayTooSmall
	OCOQuantity
	Requested
	ReasonImmediateOrCancel
	ReasonFillOrKill
	Collar
	MinimumQuantity
	SelfTraded
	OneCancelsOther
	TooManyLevels
	TooManyTrades
)

// Event is one thing that happened. Which fields count depends on its kind; the others are zero. It holds no pointer,
// so that a reused slice of events costs the garbage collector nothing.
type Event struct {
	Kind               EventKind
	Reason             Reason
	Side               Side  // Traded: the taker's
	Phase              Phase // PhaseChanged
	KeepsPriority      bool  // Replaced
	Leg                uint8 // Accepted, Rejected: 0 alone or limit leg, 1 stop leg of a pair
	Symbol             Symbol
	Account            Account // the order's; Traded: the maker's
	TakerAccount       Account // Traded
	TrailBasisPoints   int32   // Replaced
	Order              ID      // the order; Traded: the maker
	Other              ID      // Traded: the taker; Replaced, ReplaceRejected: the new id; Accepted: the partner
	PriceTicks         int64   // Traded; Repriced and Replaced: limit; Triggered: stop
	StopPriceTicks     int64   // Replaced
	TrailTicks         int64   // Replaced
	QuantityLots       int64   // Traded; Reduced: by how much; Replaced: the total; AllCancelled: how many orders
	RemainingLots      int64   // of the order; Traded: the maker's
	TakerRemainingLots int64   // Traded
}

// Level is what one price shows.
type Level struct {
	PriceTicks   int64
	QuantityLots int64 // shown; beyond 64 bits: the largest 64-bit integer
	Orders       int
}

// OpenOrder is what a reader sees of an open order.
type OpenOrder struct {
	ID, Account     ID
	Symbol          Symbol
	Side            Side
	Type            OrderType
	TimeInForce     TimeInForce
	Dormant         bool
	LimitPriceTicks int64
	StopPriceTicks  int64 // of stops: where it stands now
	QuantityLots    int64
	RemainingLots   int64
}
