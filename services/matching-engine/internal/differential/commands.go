package differential

import "fmt"

func (s *Stream) command(kind string, expiresNS int64, members string) sentCommand {
	number := s.number()
	return sentCommand{
		kind: kind, id: uuid("c", number), expiresNS: expiresNS, traced: number%16 == 0, members: members,
	}
}

func (s *Stream) choose(letter byte) sentCommand {
	switch letter {
	case 'p':
		return s.place()
	case 'o':
		return s.placePair()
	case 'r':
		return s.replace()
	case 'c':
		return s.command("cancel", 0, s.whose(s.sentOrder(s.recent())))
	case 'a':
		return s.cancelAll()
	case 'i':
		return s.repeat()
	case 'l':
		return s.command("list_symbol", 0, text("symbol", s.symbol()))
	case 'h':
		return s.command("halt_symbol", 0, text("symbol", s.symbol()))
	case 'u':
		return s.command("resume_symbol", 0, text("symbol", s.symbol()))
	case 'e':
		first := s.sent[max(len(s.sent)-1-s.pick(4*recent), 0)]
		endsNS := first.stampNS + int64(s.pick(2))
		return s.command("end_session", 0, text("session", "2026-11-22")+integer("ends_at_ns", endsNS))
	case 's':
		return s.setLimits()
	}
	return sentCommand{kind: "tick"}
}

func (s *Stream) setLimits() sentCommand {
	l := pickOf(s, limits)
	return sentCommand{kind: "set_limits", members: integer("open_orders", l[0]) +
		integer("open_orders_per_account", l[1]) + integer("levels_per_side", l[2]) +
		integer("symbols", l[3]) + integer("trailing_stops_per_symbol", l[4]) + integer("trades_per_order", l[5])}
}

// order is an order being made.
type order struct {
	letter                string // of its id
	number                int64
	symbol, account, side string
	kind, timeInForce     string
	limit                 int64
	units, quantity       int64
	stop, trail           string // members, empty where it has none
	display, minimum      int64
	postOnly, selfTrade   string
	expireNS              int64
}

func (s *Stream) place() sentCommand {
	expiresNS := s.expiry()
	o := order{symbol: s.symbol(), account: s.account(), side: pickOf(s, sides), kind: pickOf(s, types)}
	o.timeInForce = pickOf(s, timesInForce[o.kind])
	o.units = 1 + int64(s.pick(12))
	s.prices(&o)
	s.addFeature(&o)
	if o.timeInForce == "gtd" {
		o.expireNS = s.life()
	}
	s.finish(&o)
	return s.command("place", expiresNS, `,"order":`+o.json(s.number()))
}

func (s *Stream) placePair() sentCommand {
	expiresNS := s.expiry()
	limit := order{symbol: s.symbol(), account: s.account(), side: pickOf(s, sides), kind: "limit"}
	stopKind := pickOf(s, stops)
	limit.timeInForce = pickOf(s, timesInForce["stop"])
	limit.units = 1 + int64(s.pick(12))
	stop := limit
	stop.kind = stopKind
	s.prices(&limit)
	s.prices(&stop)
	if stop.number == limit.number {
		stop.number, stop.letter = 0, "e" // two legs with one id would be malformed
	}
	if limit.timeInForce == "gtd" {
		limit.expireNS = s.life()
		stop.expireNS = limit.expireNS
	}
	s.finish(&limit)
	s.finish(&stop)
	return s.command("place_pair", expiresNS,
		`,"limit_order":`+limit.json(s.number())+`,"stop_order":`+stop.json(s.number()))
}

// prices gives an order its id and its prices.
func (s *Stream) prices(o *order) {
	o.number, o.letter = s.orderID(), "d"
	if o.kind != "market" && o.timeInForce != "ioc" && o.timeInForce != "fok" {
		s.orders = append(s.orders, sentOrder{o.number, o.account, o.side})
	}
	o.limit, o.quantity = s.price(o.side), s.lots(o.units)
	switch o.kind {
	case "stop", "stop_limit":
		o.stop = integer("stop_price_ticks", s.price(otherSide(o.side)))
	case "trailing_stop":
		if s.pick(2) == 0 {
			o.trail = integer("trail_ticks", s.trailTicks())
		} else {
			o.trail = integer("trail_basis_points", pickOf(s, trailBasisPoints))
		}
	}
}

// addFeature gives an order what only some may have; a choice that this one may not have is none.
func (s *Stream) addFeature(o *order) {
	feature := features[s.pick(len(features))]
	rests := o.timeInForce != "ioc" && o.timeInForce != "fok"
	limits := o.kind == "limit" || o.kind == "stop_limit"
	if (feature == 'd' || feature == 'b') && rests && limits {
		o.display = s.lots(1 + int64(s.pick(int(min(o.units, 4)))))
	}
	if (feature == 'm' || feature == 'b') && o.timeInForce != "fok" && (limits || o.kind == "market") {
		o.minimum = s.lots(1 + int64(s.pick(int(o.units))))
	}
	if rests && o.kind == "limit" {
		switch feature {
		case 'p':
			o.postOnly = "reject"
		case 'q':
			o.postOnly = "reprice"
		}
	}
}

func (s *Stream) life() int64 { return s.stampNS + pickOf(s, livesNS) }

func (s *Stream) finish(o *order) { o.selfTrade = pickOf(s, selfTrade) }

func (o *order) json(command int64) string {
	members := text("order_id", uuid(o.letter, o.number)) + text("account_id", o.account) +
		text("client_order_id", fmt.Sprintf("k%d", command)) + text("symbol", o.symbol) + text("side", o.side) +
		text("order_type", o.kind) + text("time_in_force", o.timeInForce) +
		integer("limit_price_ticks", o.limit) + integer("quantity_lots", o.quantity) + o.stop + o.trail
	if o.display != 0 {
		members += integer("display_lots", o.display)
	}
	if o.minimum != 0 {
		members += integer("minimum_lots", o.minimum)
	}
	if o.postOnly != "" {
		members += text("post_only", o.postOnly)
	}
	if o.expireNS != 0 {
		members += integer("expire_at_ns", o.expireNS)
	}
	if o.selfTrade != "" {
		members += text("self_trade_prevention", o.selfTrade)
	}
	return "{" + members[1:] + terms(command) + "}"
}

func terms(command int64) string { return fmt.Sprintf(`,"terms":{"n":%d}`, command) }

// whose is an order with its account, or now and then with any.
func (s *Stream) whose(o sentOrder) string {
	account := o.account
	if s.pick(16) == 0 {
		account = s.account()
	}
	return text("order_id", uuid("d", o.number)) + text("account_id", account)
}

func (s *Stream) replace() sentCommand {
	expiresNS := s.expiry()
	at := s.recent()
	o := s.sentOrder(at)
	members := s.whose(o)
	number := s.orderID()
	members += text("new_order_id", uuid("d", number))
	for _, letter := range pickOf(s, changes) {
		switch letter {
		case 'n':
			members += text("client_order_id", fmt.Sprintf("r%d", s.number()))
		case 'q':
			members += integer("quantity_lots", s.lots(s.newUnits()))
		case 'l':
			members += integer("limit_price_ticks", s.price(o.side))
		case 's':
			members += integer("stop_price_ticks", s.price(otherSide(o.side)))
		case 't':
			members += integer("trail_ticks", s.trailTicks())
		case 'b':
			members += integer("trail_basis_points", pickOf(s, trailBasisPoints))
		default:
			members += terms(s.number())
		}
	}
	if s.pick(8) != 0 && at >= 0 {
		s.orders[at].number = number // later commands mean the order by its new id
	}
	return s.command("replace", expiresNS, members)
}

// newUnits is now and then more than an iceberg may have.
func (s *Stream) newUnits() int64 {
	switch choice := s.pick(32); choice {
	case 30:
		return 1_001
	case 31:
		return 4_001
	default:
		return 1 + int64(choice%14)
	}
}

func (s *Stream) cancelAll() sentCommand {
	scope, members := s.pick(3), ""
	if scope != 1 {
		members += text("account_id", s.account())
	}
	if scope != 0 {
		members += text("symbol", s.symbol())
	}
	return s.command("cancel_all", 0, members)
}

// repeat is one of the last commands again; a tick instead where that is the engine's own. Some come at the last
// moment at which the first is remembered, some under another id then.
func (s *Stream) repeat() sentCommand {
	c := s.sent[max(len(s.sent)-1-s.pick(recent), 0)]
	if c.id == "" {
		return sentCommand{kind: "tick"}
	}
	way := s.pick(3)
	if way == 0 {
		return c
	}
	untilNS := c.expiresNS
	if untilNS == 0 {
		untilNS = c.stampNS + minuteNS
	}
	if s.stampNS < untilNS && untilNS <= s.stampNS+minuteNS {
		s.stampNS = untilNS
	}
	if way == 1 {
		return c
	}
	expiresNS := int64(0)
	if c.expiresNS != 0 {
		expiresNS = s.expiry()
	}
	return s.command(c.kind, expiresNS, c.members)
}

func otherSide(side string) string {
	if side == "buy" {
		return "sell"
	}
	return "buy"
}
