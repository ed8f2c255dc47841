package book

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"unsafe"
)

func TestAnOrderAndALevelAreOneCacheLine(t *testing.T) {
	for name, size := range map[string]uintptr{"order": unsafe.Sizeof(order{}), "level": unsafe.Sizeof(level{}),
		"extension": unsafe.Sizeof(extension{})} {
		if size != 64 {
			t.Errorf("%s: %d bytes", name, size)
		}
	}
}

func unlimited(symbols ...string) *Books {
	b := New(Limits{math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64})
	for _, name := range symbols {
		b.List(name, nil)
	}
	return b
}

func orderID(n int) (id ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// P1 to P5, against a book that is a sorted slice of orders and takes its time.
func TestLimitOrdersTradeAsInAPlainList(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	books := unlimited("X")
	var plain []Order // resting, best first, then by time
	for n := 1; n < 20_000; n++ {
		if len(plain) > 0 && random.IntN(3) == 0 {
			i := random.IntN(len(plain))
			books.Cancel(plain[i].ID, ID{}, nil)
			plain = slices.Delete(plain, i, i+1)
			continue
		}
		o := Order{ID: orderID(n), Side: Side(1 + random.IntN(2)), Type: Limit, TimeInForce: GoodTillCancelled,
			LimitPriceTicks: 1 + random.Int64N(90), QuantityLots: 1 + random.Int64N(20)}
		events := books.Place(&o, int64(n), nil)[1:]
		var trades []Event
		plain, trades = placePlainly(plain, o)
		if len(events) != len(trades) {
			t.Fatalf("order %d: %d trades, want %d", n, len(events), len(trades))
		}
		for i, e := range events {
			want := trades[i]
			if e.Order != want.Order || e.Other != o.ID || e.PriceTicks != want.PriceTicks || e.QuantityLots != want.QuantityLots {
				t.Fatalf("order %d: trade %+v, want %+v", n, e, want)
			}
		}
	}
	if err := books.Check(); err != nil {
		t.Fatal(err)
	}
}

// placePlainly lets an order trade with the best of the others, one by one, and rest.
func placePlainly(resting []Order, o Order) ([]Order, []Event) {
	var trades []Event
	for o.QuantityLots > 0 {
		best := -1
		for i, r := range resting {
			crosses := r.Side == Sell && o.Side == Buy && r.LimitPriceTicks <= o.LimitPriceTicks ||
				r.Side == Buy && o.Side == Sell && r.LimitPriceTicks >= o.LimitPriceTicks
			better := best < 0 || o.Side == Buy && r.LimitPriceTicks < resting[best].LimitPriceTicks ||
				o.Side == Sell && r.LimitPriceTicks > resting[best].LimitPriceTicks
			if crosses && better {
				best = i
			}
		}
		if best < 0 {
			return append(resting, o), trades
		}
		lots := min(o.QuantityLots, resting[best].QuantityLots)
		trades = append(trades, Event{Order: resting[best].ID, PriceTicks: resting[best].LimitPriceTicks, QuantityLots: lots})
		o.QuantityLots -= lots
		if resting[best].QuantityLots -= lots; resting[best].QuantityLots == 0 {
			resting = slices.Delete(resting, best, best+1)
		}
	}
	return resting, trades
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	books := unlimited("X")
	events := make([]Event, 0, 64)
	stamp, n := int64(0), 0
	next := func() ID { n++; return orderID(n) }
	maker, taker := ID{1}, ID{2}
	seen := map[EventKind]bool{}
	note := func() {
		for i := range events {
			seen[events[i].Kind] = true
		}
	}
	round := func() {
		for range 20 {
			stamp++
			limit := Order{ID: next(), Account: maker, Side: Sell, Type: Limit, TimeInForce: GoodTillDate,
				ExpireAtNS: stamp + 1_000, LimitPriceTicks: 1_000 + stamp%97, QuantityLots: 10, DisplayLots: 3}
			events = books.Place(&limit, stamp, events[:0])
			note()
			replacement := Replacement{OrderID: limit.ID, Account: maker, NewID: next(), QuantityLots: 12}
			events = books.Replace(&replacement, events[:0])
			note()
			stop := Order{ID: next(), Account: maker, Side: Buy, Type: TrailingStop, TimeInForce: Day, TrailTicks: 5_000,
				LimitPriceTicks: 9_000, QuantityLots: 4}
			limit = Order{ID: next(), Account: maker, Side: Buy, Type: Limit, TimeInForce: Day, LimitPriceTicks: 10, QuantityLots: 4}
			events = books.PlacePair(&limit, &stop, stamp, events[:0])
			note()
			sweep := Order{ID: next(), Account: taker, Side: Buy, Type: Market, TimeInForce: FillOrKill,
				LimitPriceTicks: 2_000, QuantityLots: 12}
			events = books.Place(&sweep, stamp, events[:0])
			note()
			events = books.Cancel(limit.ID, maker, events[:0])
			note()

			for price, account := range [...]ID{5: taker, 25: maker} {
				if account == (ID{}) {
					continue
				}
				bid := Order{ID: next(), Account: account, Side: Buy, Type: Limit, TimeInForce: Day, LimitPriceTicks: int64(price),
					QuantityLots: 5}
				events = books.Place(&bid, stamp, events[:0])
				note()
			}
			triggered := Order{ID: next(), Account: maker, Side: Sell, Type: StopLimit, TimeInForce: Day, StopPriceTicks: 2_000,
				LimitPriceTicks: 20, QuantityLots: 2, SelfTrade: Decrement}
			events = books.Place(&triggered, stamp, events[:0])
			note()
			posted := Order{ID: next(), Account: maker, Side: Sell, Type: Limit, TimeInForce: Day, LimitPriceTicks: 1,
				QuantityLots: 2, PostOnly: PostOnlyReprice}
			events = books.Place(&posted, stamp, events[:0])
			note()
			own := Order{ID: next(), Account: maker, Side: Buy, Type: Limit, TimeInForce: ImmediateOrCancel, LimitPriceTicks: 3_000,
				QuantityLots: 2, SelfTrade: CancelBoth}
			events = books.Place(&own, stamp, events[:0])
			note()
		}
		books.PrefetchFrom(0)
		books.Prefetch([]Next{{Order: orderID(n), Symbol: NoSymbol}, {Order: orderID(n + 1), Side: Buy, PriceTicks: 10}})
		events = books.CancelAll(maker, 0, events[:0])
		note()
		events = books.EndSession(stamp, events[:0])
		note()
		events = books.ExpireDue(stamp, events[:0])
		note()
	}
	for range 50 {
		round()
	}
	if allocations := testing.AllocsPerRun(100, round); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
	for _, kind := range []EventKind{Traded, Repriced, Cancelled, Reduced, Triggered, Replaced, AllCancelled, Expired} {
		if !seen[kind] {
			t.Errorf("no event of kind %d came: the test shows too little", kind)
		}
	}
	if err := books.Check(); err != nil {
		t.Error(err)
	}
}

// An account that places and cancels for ever, beside orders that stay, keeps a short list of them.
func TestAccountsListStaysInProportion(t *testing.T) {
	books := unlimited("X")
	place := func(n int) {
		o := Order{ID: orderID(n), Account: ID{1}, Side: Buy, Type: Limit, TimeInForce: Day, LimitPriceTicks: 5, QuantityLots: 1}
		books.Place(&o, int64(n), nil)
	}
	for n := range 10 {
		place(n)
	}
	for n := 10; n < 5_000; n++ {
		place(n)
		if n%3 != 0 || n > 100 {
			books.Cancel(orderID(n), ID{1}, nil)
		}
	}
	if held := cap(books.accounts.at(0).slots); held > 256 {
		t.Errorf("%d entries for %d orders", held, books.Open())
	}
	events := books.CancelAll(ID{1}, NoSymbol, nil)
	for n := 1; n < len(events)-1; n++ {
		if events[n].Order[15] <= events[n-1].Order[15] {
			t.Fatal("not in the order of acceptance")
		}
	}
	if books.Open() != 0 {
		t.Error("orders are left")
	}
}

// T5: totals of a level beyond 64 bits, in which both halves are carried and borrowed; at either end they are exact.
func TestLevelsBeyond64Bits(t *testing.T) {
	books := unlimited("X")
	const lots, orders = int64(MaxNumber), 20_000
	for n := range orders {
		o := Order{ID: orderID(n), Account: ID{1}, Side: Sell, Type: Limit, TimeInForce: Day, LimitPriceTicks: 7,
			QuantityLots: lots, DisplayLots: lots - int64(n%2)}
		books.Place(&o, int64(n), nil)
	}
	if depth := books.Depth(0, Sell, 1); depth[0] != (Level{7, math.MaxInt64, orders}) {
		t.Errorf("%+v", depth)
	}
	if total := books.levels.at(books.symbols[0].active[Sell-1].best).shown; total.high == 0 {
		t.Errorf("the total is %+v: the test shows too little", total)
	}
	fill := func(id int, want int) {
		t.Helper()
		taker := Order{ID: orderID(id), Account: ID{2}, Side: Buy, Type: Limit, TimeInForce: FillOrKill, LimitPriceTicks: 7,
			QuantityLots: lots}
		events := books.Place(&taker, int64(id), nil)
		if trades := len(events) - 1; trades != want || events[1].Kind != Traded {
			t.Errorf("%+v", events)
		}
	}
	fill(1<<20, 1)
	if err := books.Check(); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < orders-1; n++ {
		books.Cancel(orderID(n), ID{1}, nil)
	}
	if depth := books.Depth(0, Sell, 1); depth[0] != (Level{7, lots - 1, 1}) {
		t.Errorf("%+v", depth)
	}
	if err := books.Check(); err != nil {
		t.Fatal(err)
	}
	fill(1<<21, 2) // what is shown, then the one lot of the reserve
}

func TestPagesHoldEveryOpenOrderOnce(t *testing.T) {
	books := unlimited("X")
	for n := range 1_000 {
		o := Order{ID: orderID(n), Side: Buy, Type: Limit, TimeInForce: Day, LimitPriceTicks: int64(1 + n%50), QuantityLots: 1}
		books.Place(&o, int64(n), nil)
	}
	for n := range 1_000 {
		if n%17 != 0 {
			books.Cancel(orderID(n), ID{}, nil)
		}
	}
	seen := map[ID]bool{}
	for cursor := uint32(0); ; {
		page, next := books.OpenOrders(cursor, 3)
		for _, o := range page {
			if seen[o.ID] {
				t.Fatalf("order %s is on two pages", o.ID)
			}
			seen[o.ID] = true
		}
		if len(page) > 3 || next != 0 && next <= cursor {
			t.Fatalf("%d orders on a page, cursor %d after %d", len(page), next, cursor)
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	if len(seen) != books.Open() {
		t.Errorf("%d orders on pages, %d open", len(seen), books.Open())
	}
}

func TestReadsOfTheBooks(t *testing.T) {
	books := play(t,
		"a buy 5@100", "accepted a",
		"x sell 2@100", "accepted x; 2@100 a:3 x:0",
		"s sell 5@80 stop=90", "accepted s",
		"halt Y", "Y halted")
	if price, traded := books.LastTrade(0); price != 100 || !traded {
		t.Errorf("last trade %d", price)
	}
	if _, traded := books.LastTrade(1); traded {
		t.Error("Y has traded")
	}
	stop, _ := books.Order(named("s"))
	want := OpenOrder{ID: named("s"), Account: named("A"), Side: Sell, Type: Stop, TimeInForce: GoodTillCancelled, Dormant: true,
		LimitPriceTicks: 80, StopPriceTicks: 90, QuantityLots: 5, RemainingLots: 5}
	if stop != want {
		t.Errorf("%+v, want %+v", stop, want)
	}
	if books.Symbols() != 2 || books.SymbolName(1) != "Y" || books.SymbolName(NoSymbol) != "" || books.Phase(1) != Halted ||
		!books.Has(named("a")) || books.Has(named("x")) || books.Levels() != 2 || books.AccountID(NoAccount) != (ID{}) ||
		books.NextExpiryNS() != math.MaxInt64 {
		t.Error("the books read wrongly")
	}
}

// A damaged snapshot is refused or makes sound books; it never panics.
func FuzzRestore(f *testing.F) {
	s := &stream{t: &testing.T{}, books: unlimited("A", "B"), ledger: map[ID]*entry{}, pairs: map[ID]*pairEntry{}, stampNS: 1_000}
	s.data = randomBytes(3, 3_000)
	for len(s.data) > 0 {
		s.makeTwin()
		s.stampNS += 10
		s.step()
	}
	snapshot := s.books.AppendSnapshot(nil)
	f.Add(snapshot)
	for i := range 300 {
		broken := slices.Clone(snapshot)
		broken[i*len(broken)/300] ^= 1 << (i % 8)
		f.Add(broken)
		f.Add(snapshot[:i*len(snapshot)/300])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		books, _, err := Restore(data)
		if err != nil {
			if !errors.Is(err, ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		again, _, err := Restore(books.AppendSnapshot(nil))
		if err != nil {
			t.Fatalf("what was restored is no snapshot: %v", err)
		}
		for i := range again.symbols {
			again.CancelAll(ID{}, Symbol(i), nil)
		}
		if again.Open() != 0 {
			t.Fatal(strconv.Itoa(again.Open()) + " orders are left")
		}
	})
}
