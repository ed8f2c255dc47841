package command

import "daytrading/matching-engine/internal/book"

// Names of the enumerations on the wire. The zero values have none.
var (
	sideNames = [...]string{book.Buy: "buy", book.Sell: "sell"}
	typeNames = [...]string{
		book.Limit: "limit", book.Market: "market", book.Stop: "stop", book.StopLimit: "stop_limit",
		book.TrailingStop: "trailing_stop",
	}
	timeInForceNames = [...]string{
		book.Day: "day", book.GoodTillCancelled: "gtc", book.GoodTillDate: "gtd", book.ImmediateOrCancel: "ioc",
		book.FillOrKill: "fok",
	}
	postOnlyNames  = [...]string{book.PostOnlyReject: "reject", book.PostOnlyReprice: "reprice"}
	selfTradeNames = [...]string{
		0: "none", book.CancelNewest: "cancel_newest", book.CancelOldest: "cancel_oldest", book.CancelBoth: "cancel_both",
		book.Decrement: "decrement",
	}
)

// SideName is a side's name on the wire.
func SideName(side book.Side) string { return sideNames[side] }

// TypeName is an order type's name on the wire.
func TypeName(t book.OrderType) string { return typeNames[t] }

// TimeInForceName is a time in force's name on the wire.
func TimeInForceName(t book.TimeInForce) string { return timeInForceNames[t] }
