package book

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
)

// FuzzBooks reads bytes as commands, and checks all that must hold after each of them.
func FuzzBooks(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(randomBytes(seed, 400))
	}
	f.Fuzz(func(t *testing.T, data []byte) { runStream(t, data, 7) })
}

// TestRandomStreamsKeepEveryInvariant is the same with longer streams, random but the same in every run. BOOK_STREAMS is
// how many, where the dozen is not enough.
func TestRandomStreamsKeepEveryInvariant(t *testing.T) {
	streams := 12
	if text := os.Getenv("BOOK_STREAMS"); text != "" {
		streams = int(number(text))
	}
	for seed := range streams {
		runStream(t, randomBytes(uint64(seed)+100, 9_000), 61)
		if t.Failed() {
			t.Fatalf("stream %d", seed)
		}
	}
}

func randomBytes(seed uint64, length int) []byte {
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	data := make([]byte, length)
	_, _ = random.Read(data)
	return data
}

// stream makes commands of bytes and keeps account of what their events say.
type stream struct {
	t       *testing.T
	data    []byte
	books   *Books
	twin    *Books // restored from a snapshot of books, and given the same commands
	stampNS int64
	last    uint64        // the last order id given
	ledger  map[ID]*entry // open orders by their events
	trades  int
	pairs   map[ID]*pairEntry
	paired  int64 // lots of the pair that is placed now
}

type entry struct {
	symbol    Symbol
	account   ID
	remaining int64 // -1: not told yet
}

// pairEntry follows what both legs of a pair trade together.
type pairEntry struct {
	quantity, traded int64
	ended            bool
}

func runStream(t *testing.T, data []byte, twinEvery int) {
	limits := Limits{OpenOrders: 60, OpenOrdersPerAccount: 40, LevelsPerSide: 9, Symbols: 2, TrailingStopsPerSymbol: 5,
		TradesPerOrder: 12}
	s := &stream{t: t, data: data, books: New(limits), stampNS: 1_000, ledger: map[ID]*entry{}, pairs: map[ID]*pairEntry{}}
	s.books.List("A", nil)
	s.books.List("B", nil)
	for n := 0; len(s.data) > 0 && !t.Failed(); n++ {
		if n%twinEvery == 0 {
			s.makeTwin()
		}
		s.stampNS += 10
		s.step()
		if err := s.books.Check(); err != nil {
			t.Fatalf("command %d: %v", n, err)
		}
		s.checkLedger()
	}
}

func (s *stream) makeTwin() {
	snapshot := s.books.AppendSnapshot(nil)
	twin, rest, err := Restore(append(bytes.Clone(snapshot), 1, 2, 3))
	if err != nil || !bytes.Equal(rest, []byte{1, 2, 3}) {
		s.t.Fatalf("restore: %v, rest %v", err, rest)
	}
	if err := twin.Check(); err != nil {
		s.t.Fatalf("restored: %v", err)
	}
	if again := twin.AppendSnapshot(nil); !bytes.Equal(again, snapshot) {
		s.t.Fatal("the same state in other slots makes another snapshot")
	}
	if s.twin != nil && !bytes.Equal(s.twin.AppendSnapshot(nil), snapshot) {
		s.t.Fatal("a restored book came to another state by the same commands")
	}
	s.twin = twin
	s.twin.PrefetchFrom(0)
}

// lookAhead lets the twin load what is there and what is not: only it does, so a look-ahead that changed something would
// be a difference.
func (s *stream) lookAhead() {
	var next []Next
	for i := range prefetched {
		n := Next{Order: ID{0: 255, 1: byte(i)}, Symbol: Symbol(i % 2), Side: Side(i/2%2 + 1), PriceTicks: int64(1 + i)}
		if i%5 == 0 {
			n.Symbol = NoSymbol
		}
		next = append(next, n)
	}
	i := 0
	for id := range s.ledger {
		if i == prefetched/2 {
			break
		}
		next[i].Order = id
		i++
	}
	s.twin.Prefetch(next)
}

// both gives a command to the books and to their twin, and compares the events.
func (s *stream) both(command func(b *Books, to []Event) []Event) {
	s.lookAhead()
	events := command(s.books, nil)
	other := command(s.twin, nil)
	if got, want := plain(s.twin, other), plain(s.books, events); !reflect.DeepEqual(got, want) {
		s.t.Fatalf("a restored book decides otherwise:\n%v\n%v", got, want)
	}
	for i := range events {
		s.follow(&events[i])
	}
}

// plain makes events comparable between books that number accounts differently.
func plain(b *Books, events []Event) []string {
	lines := make([]string, len(events))
	for i, e := range events {
		account, taker := b.AccountID(e.Account), b.AccountID(e.TakerAccount)
		if e.Kind != Traded {
			taker = ID{}
		}
		e.Account, e.TakerAccount = 0, 0
		lines[i] = fmt.Sprintf("%v %v %+v", account, taker, e)
	}
	return lines
}

// take reads the next number below n.
func (s *stream) take(n int) int {
	if len(s.data) == 0 {
		return 0
	}
	value := int(s.data[0])
	s.data = s.data[1:]
	return value % n
}

func (s *stream) step() {
	switch kind := s.take(32); {
	case kind < 17:
		o := s.order()
		s.both(func(b *Books, to []Event) []Event { return b.Place(&o, s.stampNS, to) })
	case kind < 20:
		limit, stop := s.pair()
		s.paired = limit.QuantityLots
		s.both(func(b *Books, to []Event) []Event { return b.PlacePair(&limit, &stop, s.stampNS, to) })
	case kind < 23:
		order, account := s.anyOrder(), s.account()
		if e := s.ledger[order]; e != nil && s.take(8) > 0 {
			account = e.account
		}
		s.both(func(b *Books, to []Event) []Event { return b.Cancel(order, account, to) })
	case kind < 28:
		r := s.replacement()
		s.both(func(b *Books, to []Event) []Event { return b.Replace(&r, to) })
	case kind == 28:
		symbol := Symbol(s.take(3))
		act := []func(b *Books, to []Event) []Event{
			func(b *Books, to []Event) []Event { return b.Halt(symbol, to) },
			func(b *Books, to []Event) []Event { return b.Resume(symbol, to) },
			func(b *Books, to []Event) []Event { return b.Resume(symbol, to) },
		}[s.take(3)]
		s.both(act)
	case kind == 29:
		s.both(func(b *Books, to []Event) []Event { return b.ExpireDue(s.stampNS, to) })
	case kind == 30 && s.take(6) == 0:
		account, symbol := s.account(), Symbol(s.take(2))
		switch s.take(3) {
		case 0:
			account = ID{}
		case 1:
			symbol = NoSymbol
		}
		s.both(func(b *Books, to []Event) []Event { return b.CancelAll(account, symbol, to) })
	case kind == 31 && s.take(6) == 0:
		endsAt := s.stampNS - int64(s.take(200))
		s.both(func(b *Books, to []Event) []Event { return b.EndSession(endsAt, to) })
	}
}

func (s *stream) account() ID { return ID{0: 0xac, 15: byte(s.take(3))} }

func (s *stream) newID() (id ID) {
	s.last++
	binary.BigEndian.PutUint64(id[8:], s.last)
	return id
}

// anyOrder gives the id of an order of the recent ones, open or not.
func (s *stream) anyOrder() (id ID) {
	binary.BigEndian.PutUint64(id[8:], max(s.last-uint64(s.take(60)), 1))
	return id
}

func (s *stream) order() Order {
	o := Order{
		ID: s.newID(), Account: s.account(), Symbol: Symbol(s.take(2)), Side: Side(s.take(2) + 1),
		Type:            []OrderType{Limit, Limit, Limit, Limit, Market, Stop, StopLimit, TrailingStop}[s.take(8)],
		TimeInForce:     []TimeInForce{Day, GoodTillCancelled, GoodTillCancelled, GoodTillDate}[s.take(4)],
		SelfTrade:       SelfTrade(s.take(5)),
		LimitPriceTicks: int64(1 + s.take(16)), QuantityLots: int64(1 + s.take(30)),
	}
	if s.take(40) == 0 {
		o.ID = s.anyOrder()
	}
	if o.TimeInForce == GoodTillDate {
		o.ExpireAtNS = s.stampNS + int64(s.take(250)*4-20)
	}
	variant := s.take(8)
	switch o.Type {
	case Limit:
		switch variant {
		case 0:
			o.PostOnly = PostOnlyReject
		case 1:
			o.PostOnly = PostOnlyReprice
		case 2, 3:
			o.DisplayLots = int64(1 + s.take(int(o.QuantityLots)))
		case 4:
			o.TimeInForce, o.ExpireAtNS = ImmediateOrCancel, 0
		case 5:
			o.TimeInForce, o.ExpireAtNS = FillOrKill, 0
		case 6:
			o.MinimumLots = int64(1 + s.take(int(o.QuantityLots)))
		}
	case Market:
		o.TimeInForce, o.ExpireAtNS = []TimeInForce{Day, ImmediateOrCancel, FillOrKill}[variant%3], 0
	case Stop:
		o.StopPriceTicks = int64(1 + s.take(16))
	case StopLimit:
		o.StopPriceTicks = int64(1 + s.take(16))
		if variant%2 == 0 {
			o.DisplayLots = int64(1 + s.take(int(o.QuantityLots)))
		}
		if variant < 3 {
			o.MinimumLots = int64(1 + s.take(int(o.QuantityLots)))
		}
	case TrailingStop:
		o.trail(variant)
	}
	return o
}

func (o *Order) trail(variant int) {
	if variant%2 == 0 {
		o.TrailTicks = int64(1 + variant)
	} else {
		o.TrailBasisPoints = int32(variant * 1_000)
	}
}

func (s *stream) pair() (limit, stop Order) {
	limit = s.order()
	limit.Type, limit.DisplayLots, limit.MinimumLots, limit.PostOnly = Limit, 0, 0, 0
	limit.StopPriceTicks, limit.TrailTicks, limit.TrailBasisPoints = 0, 0, 0
	if limit.TimeInForce > GoodTillDate {
		limit.TimeInForce = Day
	}
	stop = limit
	stop.ID, stop.SelfTrade = s.newID(), SelfTrade(s.take(5))
	stop.LimitPriceTicks = int64(1 + s.take(16))
	stop.Type = []OrderType{Stop, StopLimit, TrailingStop}[s.take(3)]
	if stop.Type == TrailingStop {
		stop.trail(s.take(8))
	} else {
		stop.StopPriceTicks = int64(1 + s.take(16))
	}
	return limit, stop
}

func (s *stream) replacement() Replacement {
	r := Replacement{OrderID: s.anyOrder(), Account: s.account(), NewID: s.newID()}
	if e := s.ledger[r.OrderID]; e != nil && s.take(10) > 0 {
		r.Account = e.account
	}
	if s.take(2) == 0 {
		r.QuantityLots = int64(1 + s.take(30))
	}
	if s.take(2) == 0 {
		r.LimitPriceTicks = int64(1 + s.take(16))
	}
	switch s.take(6) {
	case 0:
		r.StopPriceTicks = int64(1 + s.take(16))
	case 1:
		r.TrailTicks = int64(1 + s.take(8))
	case 2:
		r.TrailBasisPoints = int32(1 + s.take(250)*40)
	}
	return r
}

// follow books what an event says about orders: every lot of an order trades, is reduced, or leaves with it, once.
func (s *stream) follow(e *Event) {
	switch e.Kind {
	case Accepted:
		s.ledger[e.Order] = &entry{symbol: e.Symbol, account: s.books.AccountID(e.Account), remaining: -1}
		delete(s.pairs, e.Order)
		if e.Leg == 1 {
			p := &pairEntry{quantity: s.paired}
			s.pairs[e.Order], s.pairs[e.Other] = p, p
		}
	case Traded:
		s.lose(e.Order, e.QuantityLots, e.RemainingLots)
		s.lose(e.Other, e.QuantityLots, e.TakerRemainingLots)
		for _, id := range [...]ID{e.Order, e.Other} {
			p := s.pairs[id]
			if p == nil {
				continue
			}
			if p.traded += e.QuantityLots; p.traded > p.quantity {
				s.t.Errorf("order %s: the pair of %d lots has traded %d", id, p.quantity, p.traded)
			}
		}
		s.trades++
	case Reduced:
		s.lose(e.Order, e.QuantityLots, e.RemainingLots)
	case Cancelled, Expired:
		s.lose(e.Order, e.RemainingLots, 0)
	case Replaced:
		was := s.ledger[e.Order]
		delete(s.ledger, e.Order)
		was.remaining = e.RemainingLots
		s.ledger[e.Other] = was
		// What is left of a pair that has ended may grow: nothing binds it any more.
		if p := s.pairs[e.Order]; p != nil && !p.ended {
			s.pairs[e.Other] = p
		}
	}
}

func (s *stream) lose(id ID, lots, left int64) {
	e := s.ledger[id]
	switch {
	case e == nil:
		s.t.Errorf("order %s: an event after it left", id)
	case lots <= 0 || left < 0 || e.remaining >= 0 && e.remaining-lots != left:
		s.t.Errorf("order %s had %d lots, lost %d and has %d", id, e.remaining, lots, left)
	case left == 0:
		delete(s.ledger, id)
		if p := s.pairs[id]; p != nil {
			p.ended = true
		}
	default:
		e.remaining = left
	}
}

// checkLedger compares the books with what their events have told.
func (s *stream) checkLedger() {
	if s.books.Open() != len(s.ledger) {
		s.t.Errorf("%d orders are open, %d by the events", s.books.Open(), len(s.ledger))
	}
	for id, e := range s.ledger {
		o, open := s.books.Order(id)
		if !open || e.remaining >= 0 && o.RemainingLots != e.remaining || o.Symbol != e.symbol {
			s.t.Errorf("order %s: %+v, open %v; by the events %+v", id, o, open, e)
		}
		e.remaining = o.RemainingLots
	}
}
