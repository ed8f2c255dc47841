package server

import (
	"bytes"
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/sequencer"
)

// maxPageBytes ends a page of events early: what is missing comes with the next one.
const maxPageBytes = 8 << 20

func nothing(*sequencer.Sequencer) {}

// events is GET /v1/events: one page of the log, waited for when there is nothing yet.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	after, err := number(r, "after", 0, math.MaxInt64-1, 0)
	if err != nil {
		return err
	}
	limit, err := number(r, "limit", 1, 10000, 1000)
	if err != nil {
		return err
	}
	waitMS, err := number(r, "wait_ms", 0, 30000, 0)
	if err != nil {
		return err
	}
	select {
	case s.readers <- struct{}{}:
		defer func() { <-s.readers }()
	default:
		return overloaded("too many readers of events at once")
	}
	log := s.Engine.Log()
	if waitMS > 0 && log.State().LastSequence == uint64(after) {
		wait(r.Context(), log, uint64(after), time.Duration(waitMS)*time.Millisecond)
	}
	page, err := log.Read(uint64(after), int(limit), maxPageBytes)
	if err != nil {
		return err
	}
	return writeJSON(w, appendPage(nil, log.LogID, &page))
}

// wait holds an answer back until the log goes beyond a sequence, the time is over or the context is done.
func wait(ctx context.Context, log *eventlog.Log, after uint64, atMost time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	_ = log.Wait(ctx, after) // whatever ended the wait: the page shows what there is
}

func appendPage(to []byte, logID string, page *eventlog.Page) []byte {
	size := 256
	for _, event := range page.Events {
		size += len(event) + 1
	}
	to = append(make([]byte, 0, size), to...)
	to = append(to, `{"log_id":"`...)
	to = append(to, logID...)
	to = append(to, `","first_sequence":1,"last_sequence":`...)
	to = strconv.AppendUint(to, page.LastSequence, 10)
	to = append(to, `,"journal_time_ns":`...)
	to = strconv.AppendInt(to, page.JournalTimeNS, 10)
	to = append(to, `,"events":[`...)
	to = append(to, bytes.Join(page.Events, []byte{','})...)
	return append(to, `]}`...)
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
	return writeJSON(w, append(answer, '}'))
}

// book is GET /v1/book/{symbol}.
func (s *Server) book(w http.ResponseWriter, r *http.Request) error {
	depth, err := number(r, "depth", 1, 1000, 50)
	if err != nil {
		return err
	}
	symbol := r.PathValue("symbol")
	var bids, asks []book.Level
	var sequence uint64
	listed := false
	err = s.Engine.Read(func(state *sequencer.Sequencer) {
		b := state.Book(symbol)
		if b == nil {
			return
		}
		listed, sequence = true, state.LastSequence()
		bids, asks = b.Depth(book.Buy, int(depth)), b.Depth(book.Sell, int(depth))
	})
	if err != nil {
		return err
	}
	if !listed {
		return notFound("the symbol is not listed")
	}
	answer := appendView(nil, s.Engine.Log().LogID, sequence)
	answer = append(answer, `,"symbol":"`...) // a listed symbol holds nothing that JSON would escape
	answer = append(answer, symbol...)
	answer = append(answer, `","bids":[`...)
	answer = appendLevels(answer, bids)
	answer = append(answer, `],"asks":[`...)
	answer = appendLevels(answer, asks)
	return writeJSON(w, append(answer, `]}`...))
}

func appendView(to []byte, logID string, sequence uint64) []byte {
	to = append(to, `{"log_id":"`...)
	to = append(to, logID...)
	to = append(to, `","sequence":`...)
	return strconv.AppendUint(to, sequence, 10)
}

func appendLevels(to []byte, levels []book.Level) []byte {
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
	return to
}

// openOrders is GET /v1/open-orders: one page, by order id.
func (s *Server) openOrders(w http.ResponseWriter, r *http.Request) error {
	limit, err := number(r, "limit", 1, 10000, 1000)
	if err != nil {
		return err
	}
	var after book.ID
	if text := r.URL.Query().Get("after"); text != "" {
		if after, err = book.ParseID(text); err != nil {
			return malformed("after " + err.Error())
		}
	}
	var orders []sequencer.OpenOrder
	var sequence uint64
	err = s.Engine.Read(func(state *sequencer.Sequencer) {
		sequence, orders = state.LastSequence(), state.OpenOrdersAfter(after, int(limit))
	})
	if err != nil {
		return err
	}
	answer := appendView(nil, s.Engine.Log().LogID, sequence)
	answer = append(answer, `,"orders":[`...)
	for i := range orders {
		if i > 0 {
			answer = append(answer, ',')
		}
		answer = appendOpenOrder(answer, &orders[i])
	}
	return writeJSON(w, append(answer, `]}`...))
}

func appendOpenOrder(to []byte, o *sequencer.OpenOrder) []byte {
	to = append(to, `{"order_id":"`...)
	to = o.OrderID.AppendText(to)
	to = append(to, `","account_id":"`...)
	to = o.AccountID.AppendText(to)
	to = append(to, `","symbol":"`...)
	to = append(to, o.Symbol...)
	to = append(to, `","side":"`...)
	to = append(to, sequencer.SideName(o.Side)...)
	to = append(to, `","limit_price_ticks":`...)
	to = strconv.AppendInt(to, o.LimitPriceTicks, 10)
	to = append(to, `,"remaining_lots":`...)
	to = strconv.AppendInt(to, o.RemainingLots, 10)
	return append(to, '}')
}
