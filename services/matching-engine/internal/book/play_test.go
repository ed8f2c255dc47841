package book

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// The rules' tests are plays: commands, each with the events that it must make. An order is named by a word; what a
// command does not say is: account A, symbol X, a limit order, good till cancelled.
//
//	b buy 5@100 [market|stop=101|stoplimit=101|trail=3|basis=100] [day|gtd=90|ioc|fok] [show=2] [min=3] [post|reprice]
//	            [newest|oldest|both|decrement] [by=B] [of=Y]
//	pair l s sell 5@110 stop=90 collar=80 [stoplimit=90|trail=3|basis=100] and the like
//	cancel b [by=B]; replace b c [lots=4] [price=99] [stop=95] [trail=2] [basis=50] [by=B]
//	cancelall [by=B] [of=Y]; halt Y; resume Y; end 50; tick 60; list Y; limits open=1 account=2 levels=3 symbols=4 trails=5 [trades=6]
//
// Commands are stamped 10, 20, 30 and so on.

// play checks commands and their events, in turns, and the books after each of them.
func play(t *testing.T, script ...string) *Books {
	t.Helper()
	p := &player{books: New(Limits{OpenOrders: 100, OpenOrdersPerAccount: 100, LevelsPerSide: 100, Symbols: 10,
		TrailingStopsPerSymbol: 10, TradesPerOrder: 100})}
	p.books.List("X", nil)
	p.books.List("Y", nil)
	for i := 0; i+1 < len(script); i += 2 {
		p.stampNS += 10
		events := p.do(strings.Fields(script[i]))
		told := make([]string, len(events))
		for j := range events {
			told[j] = p.tell(&events[j])
		}
		if got := strings.Join(told, "; "); got != script[i+1] {
			t.Fatalf("%s\n got: %s\nwant: %s", script[i], got, script[i+1])
		}
		if err := p.books.Check(); err != nil {
			t.Fatalf("%s: %v", script[i], err)
		}
	}
	return p.books
}

type player struct {
	books   *Books
	stampNS int64
}

func (p *player) do(words []string) []Event {
	switch words[0] {
	case "pair":
		limit, stop := newOrder(p, words[1], words[3:]), newOrder(p, words[2], words[3:])
		limit.Type, limit.StopPriceTicks, limit.TrailTicks, limit.TrailBasisPoints = Limit, 0, 0, 0
		stop.LimitPriceTicks = option(words, "collar")
		return p.books.PlacePair(&limit, &stop, p.stampNS, nil)
	case "cancel":
		return p.books.Cancel(named(words[1]), owner(words), nil)
	case "replace":
		return p.books.Replace(&Replacement{OrderID: named(words[1]), NewID: named(words[2]), Account: owner(words),
			QuantityLots: option(words, "lots"), LimitPriceTicks: option(words, "price"),
			StopPriceTicks: option(words, "stop"), TrailTicks: option(words, "trail"),
			TrailBasisPoints: int32(option(words, "basis")), NewIDUsed: has(words, "used")}, nil)
	case "cancelall":
		who, of := ID{}, NoSymbol
		if has(words, "by") {
			who = owner(words)
		}
		if has(words, "of") {
			of = p.symbol(words)
		}
		return p.books.CancelAll(who, of, nil)
	case "halt", "resume":
		of, listed := p.books.Symbol(words[1])
		if !listed {
			of = NoSymbol
		}
		if words[0] == "halt" {
			return p.books.Halt(of, nil)
		}
		return p.books.Resume(of, nil)
	case "list":
		return p.books.List(words[1], nil)
	case "end":
		return p.books.EndSession(number(words[1]), nil)
	case "tick":
		return p.books.ExpireDue(number(words[1]), nil)
	case "limits":
		limits := Limits{option(words, "open"), option(words, "account"), option(words, "levels"),
			option(words, "symbols"), option(words, "trails"), option(words, "trades")}
		if limits.TradesPerOrder == 0 {
			limits.TradesPerOrder = 100
		}
		p.books.SetLimits(limits)
		return nil
	}
	o := newOrder(p, words[0], words[1:])
	return p.books.Place(&o, p.stampNS, nil)
}

func newOrder(p *player, name string, words []string) Order {
	lots, price, _ := strings.Cut(words[1], "@")
	o := Order{ID: named(name), Account: owner(words), Symbol: p.symbol(words), Side: Buy, Type: Limit,
		TimeInForce: GoodTillCancelled, LimitPriceTicks: number(price), QuantityLots: number(lots),
		DisplayLots: option(words, "show"), MinimumLots: option(words, "min"), TrailTicks: option(words, "trail"),
		TrailBasisPoints: int32(option(words, "basis")), StopPriceTicks: option(words, "stop"), Used: has(words, "used"),
		ExpireAtNS: option(words, "gtd")}
	if words[0] == "sell" {
		o.Side = Sell
	}
	if o.StopPriceTicks > 0 {
		o.Type = Stop
	}
	if price := option(words, "stoplimit"); price > 0 {
		o.Type, o.StopPriceTicks = StopLimit, price
	}
	if o.TrailTicks > 0 || o.TrailBasisPoints > 0 {
		o.Type = TrailingStop
	}
	if o.ExpireAtNS > 0 {
		o.TimeInForce = GoodTillDate
	}
	for _, word := range words {
		switch word {
		case "market":
			o.Type = Market
		case "day":
			o.TimeInForce = Day
		case "ioc":
			o.TimeInForce = ImmediateOrCancel
		case "fok":
			o.TimeInForce = FillOrKill
		case "post":
			o.PostOnly = PostOnlyReject
		case "reprice":
			o.PostOnly = PostOnlyReprice
		case "newest":
			o.SelfTrade = CancelNewest
		case "oldest":
			o.SelfTrade = CancelOldest
		case "both":
			o.SelfTrade = CancelBoth
		case "decrement":
			o.SelfTrade = Decrement
		}
	}
	return o
}

func (p *player) symbol(words []string) Symbol {
	for _, word := range words {
		if name, found := strings.CutPrefix(word, "of="); found {
			if s, listed := p.books.Symbol(name); listed {
				return s
			}
			return NoSymbol
		}
	}
	return 0
}

func named(name string) (id ID) {
	copy(id[:], name)
	return id
}

func owner(words []string) ID {
	for _, word := range words {
		if name, found := strings.CutPrefix(word, "by="); found {
			return named(name)
		}
	}
	return named("A")
}

func has(words []string, key string) bool {
	for _, word := range words {
		if word == key || strings.HasPrefix(word, key+"=") {
			return true
		}
	}
	return false
}

func option(words []string, key string) int64 {
	for _, word := range words {
		if value, found := strings.CutPrefix(word, key+"="); found {
			return number(value)
		}
	}
	return 0
}

func number(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

var reasons = [...]string{"", "already_listed", "too_many_symbols", "unknown_symbol", "already_halted", "not_halted",
	"duplicate_order_id", "symbol_halted", "already_expired", "too_many_open_orders", "too_many_open_orders_of_account",
	"no_reference_price", "stop_out_of_range", "too_many_trailing_stops", "would_trade", "order_not_open", "not_owner", "not_applicable",
	"quantity_filled", "display_too_small", "oco_quantity", "requested", "immediate_or_cancel", "fill_or_kill", "collar", "minimum_quantity",
	"self_trade", "oco", "too_many_levels", "too_many_trades"}

// tell writes an event as the plays do: cancelled and expired with the lots that left, a trade with what both keep.
func (p *player) tell(e *Event) string {
	word := func(id ID) string { return strings.TrimRight(string(id[:]), "\x00") }
	order, other, reason := word(e.Order), word(e.Other), reasons[e.Reason]
	switch e.Kind {
	case Listed:
		return "listed " + p.books.SymbolName(e.Symbol)
	case SymbolRejected:
		return "symbol rejected " + reason
	case PhaseChanged:
		return p.books.SymbolName(e.Symbol) + map[Phase]string{Continuous: " continuous", Halted: " halted"}[e.Phase]
	case Accepted:
		return "accepted " + order
	case Rejected:
		return fmt.Sprintf("rejected %s %s", order, reason)
	case Repriced:
		return fmt.Sprintf("repriced %s %d", order, e.PriceTicks)
	case Traded:
		return fmt.Sprintf("%d@%d %s:%d %s:%d", e.QuantityLots, e.PriceTicks, order, e.RemainingLots, other, e.TakerRemainingLots)
	case Cancelled:
		return fmt.Sprintf("cancelled %s %d %s", order, e.RemainingLots, reason)
	case Reduced:
		return fmt.Sprintf("reduced %s %d left %d %s", order, e.QuantityLots, e.RemainingLots, reason)
	case Triggered:
		return fmt.Sprintf("triggered %s %d", order, e.PriceTicks)
	case CancelRejected:
		return fmt.Sprintf("cancel rejected %s %s", order, reason)
	case ReplaceRejected:
		return fmt.Sprintf("replace rejected %s %s %s", order, other, reason)
	case AllCancelled:
		return fmt.Sprintf("all cancelled %d", e.QuantityLots)
	case Expired:
		return fmt.Sprintf("expired %s %d", order, e.RemainingLots)
	case Replaced:
		place := "loses place"
		if e.KeepsPriority {
			place = "keeps place"
		}
		text := fmt.Sprintf("replaced %s %s %d@%d left %d %s", order, other, e.QuantityLots, e.PriceTicks, e.RemainingLots, place)
		if e.StopPriceTicks > 0 {
			text += fmt.Sprintf(" stop %d", e.StopPriceTicks)
		}
		if e.TrailTicks+int64(e.TrailBasisPoints) > 0 {
			text += fmt.Sprintf(" trail %d/%d", e.TrailTicks, e.TrailBasisPoints)
		}
		return text
	}
	return fmt.Sprintf("%+v", *e)
}
