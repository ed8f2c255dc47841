package command

// members is a set of members of a command or of its order.
type members uint64

// The members, in the order in which a command is written. The engine's own come last.
const (
	memberCommandID members = 1 << iota
	memberKind
	memberExpiresAt
	memberTrace
	memberOrder
	memberLimitOrder
	memberStopOrder
	memberOrderID
	memberAccountID
	memberNewOrderID
	memberClientOrderID
	memberSymbol
	memberSide
	memberOrderType
	memberTimeInForce
	memberLimitPrice
	memberQuantity
	memberStopPrice
	memberTrailTicks
	memberTrailBasisPoints
	memberDisplay
	memberMinimum
	memberPostOnly
	memberExpireAt
	memberSelfTrade
	memberTerms
	memberSession
	memberEndsAt
	memberOpenOrders
	memberOpenOrdersPerAccount
	memberLevelsPerSide
	memberSymbols
	memberTrailingStops
	memberTradesPerOrder
)

var memberNames = [...]string{
	"command_id", "kind", "expires_at_ns", "trace", "order", "limit_order", "stop_order", "order_id", "account_id",
	"new_order_id", "client_order_id", "symbol", "side", "order_type", "time_in_force", "limit_price_ticks",
	"quantity_lots", "stop_price_ticks", "trail_ticks", "trail_basis_points", "display_lots", "minimum_lots", "post_only",
	"expire_at_ns", "self_trade_prevention", "terms", "session", "ends_at_ns", "open_orders", "open_orders_per_account",
	"levels_per_side", "symbols", "trailing_stops_per_symbol", "trades_per_order",
}

// shape is what an object must and may have.
type shape struct{ required, optional members }

// changes are what a replace may change.
const changes = memberClientOrderID | memberQuantity | memberLimitPrice | memberStopPrice | memberTrailTicks |
	memberTrailBasisPoints | memberTerms

var (
	shapes = [...]shape{
		Place:        {memberExpiresAt | memberOrder, memberTrace},
		PlacePair:    {memberExpiresAt | memberLimitOrder | memberStopOrder, memberTrace},
		Cancel:       {memberOrderID | memberAccountID, memberTrace},
		Replace:      {memberExpiresAt | memberOrderID | memberAccountID | memberNewOrderID, memberTrace | changes},
		CancelAll:    {0, memberTrace | memberAccountID | memberSymbol},
		ListSymbol:   {memberSymbol, memberTrace},
		HaltSymbol:   {memberSymbol, memberTrace},
		ResumeSymbol: {memberSymbol, memberTrace},
		EndSession:   {memberSession | memberEndsAt, memberTrace},
		Tick:         {},
		SetLimits: {memberOpenOrders | memberOpenOrdersPerAccount | memberLevelsPerSide | memberSymbols |
			memberTrailingStops | memberTradesPerOrder, 0},
	}
	orderShape = shape{
		required: memberOrderID | memberAccountID | memberClientOrderID | memberSymbol | memberSide | memberOrderType |
			memberTimeInForce | memberLimitPrice | memberQuantity | memberTerms,
		optional: memberStopPrice | memberTrailTicks | memberTrailBasisPoints | memberDisplay | memberMinimum |
			memberPostOnly | memberExpireAt | memberSelfTrade,
	}
)

// shapeOf is what a command of a kind must and may have.
func shapeOf(k Kind) shape {
	s := shapes[k]
	s.required |= memberKind
	if !k.Own() {
		s.required |= memberCommandID
	}
	return s
}

// memberAfter finds a member by its name. Senders keep an order, so it looks behind the one before first. It returns the
// member's position, or -1.
func memberAfter(before int, name []byte) int {
	for i := range memberNames {
		at := before + 1 + i
		if at >= len(memberNames) {
			at -= len(memberNames)
		}
		if memberNames[at] == string(name) {
			return at
		}
	}
	return -1
}

// check refuses members that do not belong there, then what is missing.
func (s shape) check(seen members) error {
	if seen&s.required == s.required && seen&^(s.required|s.optional) == 0 {
		return nil
	}
	for i, name := range memberNames {
		one := members(1) << i
		if seen&one != 0 && (s.required|s.optional)&one == 0 {
			return invalid("", "has the unknown member %q", name)
		}
	}
	for i, name := range memberNames {
		if one := members(1) << i; s.required&^seen&one != 0 {
			return invalid("", "must have the member %q", name)
		}
	}
	return nil
}
