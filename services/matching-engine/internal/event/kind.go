package event

import "daytrading/matching-engine/internal/book"

// Kinds of event that the sequencer adds to those of package book. The numbers are those of the journal.
const (
	SessionEnded book.EventKind = book.Expired + 1 + iota
	LimitsChanged
	Tick

	kinds
)

var kindNames = [kinds]string{
	book.Listed: "symbol_listed", book.SymbolRejected: "symbol_rejected", book.PhaseChanged: "phase_changed",
	book.Accepted: "order_accepted", book.Rejected: "order_rejected", book.Repriced: "order_repriced",
	book.Traded: "trade", book.Cancelled: "order_cancelled", book.Reduced: "order_reduced",
	book.Triggered: "order_triggered", book.CancelRejected: "cancel_rejected", book.Replaced: "order_replaced",
	book.ReplaceRejected: "replace_rejected", book.AllCancelled: "all_cancelled", book.Expired: "order_expired",
	SessionEnded: "session_ended", LimitsChanged: "limits_changed", Tick: "tick",
}

// KindName is a kind's name on the wire.
func KindName(kind book.EventKind) string { return kindNames[kind] }

var reasonNames = [...]string{
	book.AlreadyListed: "already_listed", book.TooManySymbols: "too_many_symbols", book.UnknownSymbol: "unknown_symbol",
	book.AlreadyHalted: "already_halted", book.NotHalted: "not_halted", book.DuplicateOrderID: "duplicate_order_id",
	book.SymbolHalted: "symbol_halted", book.AlreadyExpired: "already_expired",
	book.TooManyOpenOrders:          "too_many_open_orders",
	book.TooManyOpenOrdersOfAccount: "too_many_open_orders_of_account",
	book.NoReferencePrice:           "no_reference_price", book.StopOutOfRange: "stop_out_of_range", book.TooManyTrailingStops: "too_many_trailing_stops",
	book.WouldTrade: "would_trade", book.OrderNotOpen: "order_not_open", book.NotOwner: "not_owner",
	book.NotApplicable: "not_applicable", book.QuantityFilled: "quantity_filled",
	book.DisplayTooSmall: "display_too_small", book.OCOQuantity: "oco_quantity",
	book.Requested: "requested", book.ReasonImmediateOrCancel: "immediate_or_cancel",
	book.ReasonFillOrKill: "fill_or_kill", book.Collar: "collar", book.MinimumQuantity: "minimum_quantity",
	book.SelfTraded: "self_trade", book.OneCancelsOther: "oco", book.TooManyLevels: "too_many_levels",
	book.TooManyTrades: "too_many_trades",
}

// ReasonName is a reason's name on the wire.
func ReasonName(reason book.Reason) string { return reasonNames[reason] }

var phaseNames = [...]string{book.Continuous: "continuous", book.Halted: "halted"}

// PhaseName is a phase's name on the wire.
func PhaseName(phase book.Phase) string { return phaseNames[phase] }
