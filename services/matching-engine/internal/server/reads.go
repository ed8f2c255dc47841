package server

import (
	"net/http"
	"strconv"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/sequencer"
)

// appendHead opens an object with what every answer about the log begins with.
func appendHead(to []byte, logID string, state eventlog.State) []byte {
	to = append(to, `{"log_id":"`...)
	to = append(to, logID...)
	to = append(to, `","last_sequence":`...)
	to = strconv.AppendUint(to, state.LastSequence, 10)
	to = append(to, `,"journal_time_ns":`...)
	return strconv.AppendInt(to, state.JournalTimeNS, 10)
}

// appendView opens an object with what every look at the books begins with.
func (s *Server) appendView(to []byte, sequence uint64) []byte {
	to = append(to, `{"log_id":"`...)
	to = append(to, s.Engine.Log().LogID...)
	to = append(to, `","sequence":`...)
	return strconv.AppendUint(to, sequence, 10)
}

// status is GET /v1/status.
func (s *Server) status(w http.ResponseWriter, _ *http.Request) error {
	log := s.Engine.Log()
	state := log.State()
	answer := appendHead(nil, log.LogID, state)
	answer = append(answer, `,"symbols":`...)
	answer = strconv.AppendInt(answer, int64(state.Symbols), 10)
	answer = append(answer, `,"open_orders":`...)
	answer = strconv.AppendInt(answer, int64(state.OpenOrders), 10)
	answer = append(answer, `,"rules_version":`...)
	answer = strconv.AppendInt(answer, sequencer.RulesVersion, 10)
	answer = append(answer, `,"first_sequence":`...)
	answer = strconv.AppendUint(answer, log.FirstSequence(), 10)
	answer = append(answer, `,"snapshot_sequence":`...)
	answer = strconv.AppendUint(answer, s.Journal.SnapshotSequence(), 10)
	answer = append(answer, `,"accepting":`...)
	answer = strconv.AppendBool(answer, s.Engine.Room() == nil)
	answer = append(answer, `,"readers":`...)
	answer = appendPositions(answer, s.Journal.Positions())
	return writeJSON(w, append(answer, '}'))
}

var phaseNames = [...]string{book.Continuous: "continuous", book.Halted: "halted"}

// book is GET /v1/book/{symbol}.
func (s *Server) book(w http.ResponseWriter, r *http.Request) error {
	depth, err := number(r, "depth", 1, 1000, 50)
	if err != nil {
		return err
	}
	name := r.PathValue("symbol")
	var (
		bids, asks []book.Level
		sequence   uint64
		phase      book.Phase
		last       int64
		traded     bool
		listed     bool
	)
	err = s.Engine.Read(r.Context(), func(state *sequencer.Sequencer) {
		books := state.Books()
		symbol, ok := books.Symbol(name)
		if !ok {
			return
		}
		listed, sequence, phase = true, state.LastSequence(), books.Phase(symbol)
		last, traded = books.LastTrade(symbol)
		bids, asks = books.Depth(symbol, book.Buy, int(depth)), books.Depth(symbol, book.Sell, int(depth))
	})
	if err != nil {
		return err
	}
	if !listed {
		return notFound("the symbol is not listed")
	}
	answer := s.appendView(nil, sequence)
	answer = append(answer, `,"symbol":"`...) // a listed symbol holds nothing that JSON would escape
	answer = append(answer, name...)
	answer = append(answer, `","phase":"`...)
	answer = append(answer, phaseNames[phase]...)
	answer = append(answer, `","last_trade_price_ticks":`...)
	if traded {
		answer = strconv.AppendInt(answer, last, 10)
	} else {
		answer = append(answer, "null"...)
	}
	answer = append(answer, `,"bids":`...)
	answer = appendLevels(answer, bids)
	answer = append(answer, `,"asks":`...)
	answer = appendLevels(answer, asks)
	return writeJSON(w, append(answer, '}'))
}

func appendLevels(to []byte, levels []book.Level) []byte {
	to = append(to, '[')
	for i, level := range levels {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `{"price_ticks":`...)
		to = strconv.AppendInt(to, level.PriceTicks, 10)
		to = append(to, `,"quantity_lots":`...)
		to = strconv.AppendInt(to, level.QuantityLots, 10)
		to = append(to, `,"orders":`...)
		to = strconv.AppendInt(to, int64(level.Orders), 10)
		to = append(to, '}')
	}
	return append(to, ']')
}

// openOrder is an open order with its symbol's name, copied out of the books.
type openOrder struct {
	book.OpenOrder
	symbol string
}

// order is GET /v1/orders/{order_id}.
func (s *Server) order(w http.ResponseWriter, r *http.Request) error {
	id, err := book.ParseID(r.PathValue("order_id"))
	if err != nil {
		return malformed("order_id " + err.Error())
	}
	var found openOrder
	var sequence uint64
	open := false
	err = s.Engine.Read(r.Context(), func(state *sequencer.Sequencer) {
		sequence = state.LastSequence()
		if found.OpenOrder, open = state.Books().Order(id); open {
			found.symbol = state.Books().SymbolName(found.Symbol)
		}
	})
	if err != nil {
		return err
	}
	if !open {
		return newProblem(http.StatusNotFound, "order_not_open", 40410001, "no open order has this id")
	}
	answer := s.appendView(nil, sequence)
	answer = append(answer, `,"order":`...)
	answer = appendOpenOrder(answer, &found)
	return writeJSON(w, append(answer, '}'))
}

// openOrders is GET /v1/open-orders: one page, in no order. An order that is open all the while is on exactly one.
func (s *Server) openOrders(w http.ResponseWriter, r *http.Request) error {
	limit, err := number(r, "limit", 1, 10000, 1000)
	if err != nil {
		return err
	}
	cursor, err := number(r, "cursor", 0, 1<<32-1, 0)
	if err != nil {
		return err
	}
	var orders []openOrder
	var sequence uint64
	var next uint32
	err = s.Engine.Read(r.Context(), func(state *sequencer.Sequencer) {
		var page []book.OpenOrder
		sequence = state.LastSequence()
		page, next = state.Books().OpenOrders(uint32(cursor), int(limit))
		orders = make([]openOrder, len(page))
		for i := range page {
			orders[i] = openOrder{page[i], state.Books().SymbolName(page[i].Symbol)}
		}
	})
	if err != nil {
		return err
	}
	answer := s.appendView(make([]byte, 0, 128+384*len(orders)), sequence)
	answer = append(answer, `,"orders":[`...)
	for i := range orders {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = appendOpenOrder(answer, &orders[i])
	}
	answer = append(answer, `],"next_cursor":`...)
	if next == 0 {
		answer = append(answer, "null"...)
	} else {
		answer = strconv.AppendUint(answer, uint64(next), 10)
	}
	return writeJSON(w, append(answer, '}'))
}

func appendOpenOrder(to []byte, o *openOrder) []byte {
	state := "active"
	if o.Dormant {
		state = "dormant"
	}
	to = append(to, `{"order_id":"`...)
	to = o.ID.AppendText(to)
	to = append(to, `","account_id":"`...)
	to = o.Account.AppendText(to)
	for _, member := range [...][2]string{
		{"symbol", o.symbol}, {"side", command.SideName(o.Side)}, {"order_type", command.TypeName(o.Type)},
		{"time_in_force", command.TimeInForceName(o.TimeInForce)}, {"state", state},
	} {
		to = append(to, `","`...)
		to = append(to, member[0]...)
		to = append(to, `":"`...)
		to = append(to, member[1]...)
	}
	to = append(to, `","limit_price_ticks":`...)
	to = strconv.AppendInt(to, o.LimitPriceTicks, 10)
	to = append(to, `,"quantity_lots":`...)
	to = strconv.AppendInt(to, o.QuantityLots, 10)
	to = append(to, `,"remaining_lots":`...)
	to = strconv.AppendInt(to, o.RemainingLots, 10)
	if o.StopPriceTicks != 0 {
		to = append(to, `,"stop_price_ticks":`...)
		to = strconv.AppendInt(to, o.StopPriceTicks, 10)
	}
	return append(to, '}')
}
