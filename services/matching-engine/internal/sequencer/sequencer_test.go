package sequencer

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

func placeCommand(n int, side book.Side, price, lots int64) *command.Command {
	return &command.Command{
		ID: testID('c', n), Kind: command.Place, ExpiresAtNS: int64(time.Minute),
		Symbol: []byte("X"), ClientOrderID: fmt.Append(nil, "client ", n), Terms: []byte(`{}`),
		Order: book.Order{
			ID: testID('d', n), Account: testID('a', 1+n%3), Side: side, Type: book.Limit, TimeInForce: book.GoodTillCancelled,
			LimitPriceTicks: price, QuantityLots: lots,
		},
	}
}

func cancelCommand(n, order int) *command.Command {
	c := &command.Command{ID: testID('c', n), Kind: command.Cancel}
	c.Order.ID, c.Order.Account = testID('d', order), testID('a', 1+order%3)
	return c
}

func replaceCommand(n, order, newOrder int, lots int64) *command.Command {
	c := cancelCommand(n, order)
	c.Kind, c.ExpiresAtNS, c.NewOrderID, c.Order.QuantityLots = command.Replace, int64(time.Minute), testID('d', newOrder), lots
	return c
}

func listed(t testing.TB) *Sequencer {
	t.Helper()
	s := New(wide)
	expect(t, s, &command.Command{ID: testID('l', 0), Kind: command.ListSymbol, Symbol: []byte("X")}, 1, "symbol_listed")
	return s
}

// expect decides a command and wants events that contain these texts.
func expect(t testing.TB, s *Sequencer, c *command.Command, stampNS int64, texts ...string) Decision {
	t.Helper()
	d, events := decide(t, s, c, stampNS)
	if d.Refused != "" || d.Repeated || len(events) != len(texts) {
		t.Fatalf("%+v %s, want %v", d, events, texts)
	}
	for i, text := range texts {
		if !bytes.Contains(events[i], []byte(text)) {
			t.Fatalf("%s, want %s", events[i], text)
		}
	}
	return d
}

// D1
func TestEventsOfACommandShareItsStampAndHaveConsecutiveSequences(t *testing.T) {
	s := listed(t)
	expect(t, s, placeCommand(1, book.Sell, 10, 5), 2, `{"sequence":2,"time_ns":2,`)
	d := expect(t, s, placeCommand(2, book.Buy, 10, 9), 7, `{"sequence":3,"time_ns":7,`, `{"sequence":4,"time_ns":7,"kind":"trade"`)
	if d.First != 3 || d.Last != 4 || d.Trades != 1 || s.LastSequence() != 4 || s.LastStampNS() != 7 {
		t.Fatalf("%+v", d)
	}
}

// D2
func TestARepeatGetsTheFirstResultUntilItsExpiryHasPassed(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	first, _ := s.Apply(c, 2, nil)
	for _, stampNS := range []int64{3, c.ExpiresAtNS} {
		d, events := s.Apply(c, stampNS, nil)
		if !d.Repeated || d.First != first.First || d.Last != first.Last || len(events) != 0 {
			t.Fatalf("at %d: %+v", stampNS, d)
		}
	}
	if d, _ := s.Apply(c, c.ExpiresAtNS+1, nil); d.Refused != RefusedExpired || s.LastSequence() != first.Last {
		t.Fatalf("after its expiry: %+v", d)
	}
}

// D2
func TestACommandWithoutExpiryIsRememberedForAMinute(t *testing.T) {
	s := listed(t)
	cancel := cancelCommand(9, 9)
	s.Apply(cancel, 2, nil)
	if d, _ := s.Apply(cancel, 2+rememberedWithoutExpiry, nil); !d.Repeated {
		t.Fatalf("%+v", d)
	}
	expect(t, s, cancel, 3+rememberedWithoutExpiry, "cancel_rejected")
}

// D2
func TestTheEnginesOwnCommandsAreNeverRepeats(t *testing.T) {
	s := listed(t)
	for stampNS := int64(2); stampNS < 5; stampNS++ {
		expect(t, s, &command.Command{Kind: command.Tick}, stampNS, `"kind":"tick","data":{}`)
	}
}

// D3
func TestExpiriesAreCheckedAgainstTheStampAndTheCap(t *testing.T) {
	for _, kind := range []command.Kind{command.Place, command.PlacePair, command.Replace} {
		make := func(n int) *command.Command {
			c := placeCommand(n, book.Buy, 10, 5)
			c.Kind, c.NewOrderID = kind, testID('d', 50+n)
			c.Stop = c.Order
			c.Stop.ID, c.Stop.Type, c.Stop.StopPriceTicks = testID('e', n), book.Stop, 20
			return c
		}
		s := listed(t)
		capped, far := make(1), make(2)
		capped.StampedByNS = 50
		if d, _ := s.Apply(capped, 51, nil); d.Refused != RefusedExpired {
			t.Fatalf("%s stamped later than the engine's cap: %+v", kind, d)
		}
		far.ExpiresAtNS = 60 + maxExpiryAhead
		if d, _ := s.Apply(far, 59, nil); d.Refused != RefusedExpiryTooFar {
			t.Fatalf("%s: %+v", kind, d)
		}
		if d, _ := s.Apply(far, 60, nil); d.Refused != "" || d.First != 2 {
			t.Fatalf("%s: %+v", kind, d)
		}
	}
}

// D4
func TestAnOrderIDIsNotTakenTwiceWhileItsCommandIsRemembered(t *testing.T) {
	again := func(n, order int) *command.Command {
		c := placeCommand(n, book.Sell, 10, 5)
		c.Order.ID, c.ExpiresAtNS = testID('d', order), 3*int64(time.Minute)
		return c
	}
	s := listed(t)
	s.Apply(placeCommand(1, book.Sell, 10, 5), 2, nil)
	s.Apply(placeCommand(2, book.Buy, 10, 5), 3, nil) // fills it
	expect(t, s, again(3, 1), 4, `"reason":"duplicate_order_id"`)
	expect(t, s, again(4, 1), int64(time.Minute), `"reason":"duplicate_order_id"`)
	expect(t, s, again(5, 1), int64(time.Minute)+1, "order_accepted")
	expect(t, s, again(6, 1), 2*int64(time.Minute), `"reason":"duplicate_order_id"`) // open, and used anew
}

// D4
func TestARejectedOrderLeavesItsIDFree(t *testing.T) {
	s := listed(t)
	nowhere := placeCommand(1, book.Buy, 10, 5)
	nowhere.Symbol = []byte("NONE")
	expect(t, s, nowhere, 2, `"reason":"unknown_symbol"`)
	again := placeCommand(2, book.Buy, 10, 5)
	again.Order.ID = nowhere.Order.ID
	expect(t, s, again, 3, "order_accepted")
}

// D4
func TestAReplacementUsesItsNewID(t *testing.T) {
	s := listed(t)
	s.Apply(placeCommand(1, book.Buy, 10, 5), 2, nil)
	expect(t, s, replaceCommand(2, 1, 7, 4), 3, "order_replaced")
	expect(t, s, cancelCommand(3, 7), 4, "order_cancelled")
	expect(t, s, placeCommand(7, book.Buy, 10, 5), 6, `"reason":"duplicate_order_id"`)
	s.Apply(placeCommand(8, book.Buy, 10, 5), 7, nil)
	expect(t, s, replaceCommand(9, 8, 7, 4), 8, `"reason":"duplicate_order_id"`)
	rejected := replaceCommand(10, 99, 11, 4)
	expect(t, s, rejected, 9, `"reason":"order_not_open"`)
	expect(t, s, placeCommand(11, book.Buy, 10, 5), 10, "order_accepted")
}

// D4, L1
func TestAPairUsesBothIDs(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	c.Kind, c.Stop, c.StopClientOrderID, c.StopTerms = command.PlacePair, c.Order, []byte("stop"), []byte(`{"leg":2}`)
	c.Stop.ID, c.Stop.Type, c.Stop.StopPriceTicks = testID('d', 2), book.Stop, 20
	expect(t, s, c, 2,
		`"client_order_id":"client 1",`, `"client_order_id":"stop","symbol":"X","side":"buy","order_type":"stop",`)
	expect(t, s, cancelCommand(5, 1), 3, `"reason":"requested"`, `"reason":"oco"`)
	for n := 1; n <= 2; n++ {
		again := placeCommand(10+n, book.Buy, 10, 5)
		again.Order.ID = testID('d', n)
		expect(t, s, again, int64(3+n), `"reason":"duplicate_order_id"`)
	}
}

// D5
func TestLimitsAreKnownFromTheLogAlone(t *testing.T) {
	s := New(book.Limits{})
	expect(t, s, &command.Command{ID: testID('c', 1), Kind: command.ListSymbol, Symbol: []byte("X")}, 1, `"reason":"too_many_symbols"`)
	expect(t, s, &command.Command{Kind: command.SetLimits, Limits: wide}, 2, `"kind":"limits_changed"`)
	expect(t, s, &command.Command{ID: testID('c', 2), Kind: command.ListSymbol, Symbol: []byte("X")}, 3, "symbol_listed")
	if s.Limits() != wide {
		t.Fatalf("%+v", s.Limits())
	}
}

// E2
func TestATickIsDueBeforeWhatIsStampedAtTheFirstExpiry(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	c.Order.TimeInForce, c.Order.ExpireAtNS = book.GoodTillDate, 100
	if s.Due(1 << 62) {
		t.Fatal("something is due in an empty book")
	}
	expect(t, s, c, 2, "order_accepted")
	if s.Due(99) || !s.Due(100) {
		t.Fatal("the tick is due at another moment")
	}
	expect(t, s, &command.Command{Kind: command.Tick}, 100, `"kind":"order_expired","data":{"order_id":"`+testID('d', 1).String(), `"kind":"tick"`)
	if s.Due(1 << 62) {
		t.Fatal("it is still due")
	}
}

// E1: it ends late, and again when the command is forgotten; then the same from the journal, by which the stamps come back.
func TestTheEndOfASessionLeavesTheNextSessionsOrders(t *testing.T) {
	const end = int64(1000)
	s := listed(t)
	day := func(n int) *command.Command {
		c := placeCommand(n, book.Buy, 10, 5)
		c.Order.TimeInForce = book.Day
		return c
	}
	rest := func(orders ...int) {
		t.Helper()
		if s.Books().Open() != len(orders) {
			t.Fatalf("%d orders rest, want %v", s.Books().Open(), orders)
		}
		for _, n := range orders {
			if !s.Books().Has(testID('d', n)) {
				t.Fatalf("order %d does not rest", n)
			}
		}
	}
	expect(t, s, day(1), end-2, "order_accepted")
	expect(t, s, placeCommand(2, book.Buy, 10, 5), end-1, "order_accepted")
	expect(t, s, day(3), end, "order_accepted")
	over := &command.Command{ID: testID('e', 1), Kind: command.EndSession, Session: []byte("2026-11-22"), EndsAtNS: end}
	expect(t, s, over, end+2, `"order_id":"`+testID('d', 1).String(), `"expired_orders":1`)
	rest(2, 3)
	expect(t, s, day(5), end+3, "order_accepted")
	if d, _ := s.Apply(over, end+2+rememberedWithoutExpiry, nil); !d.Repeated {
		t.Fatalf("%+v", d)
	}
	expect(t, s, over, end+3+rememberedWithoutExpiry, `"expired_orders":0`)
	rest(2, 3, 5)
	restored, err := Restore(s.AppendSnapshot(nil))
	if err != nil {
		t.Fatal(err)
	}
	s = restored
	next := *over
	next.ID, next.EndsAtNS = testID('e', 2), end+1
	expect(t, s, &next, 1<<40, `"order_id":"`+testID('d', 3).String(), `"expired_orders":1`)
	rest(2, 5)
}

func TestAReplayThatDiffersIsNoticed(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	d, made := s.Apply(c, 2, nil)
	good := event.Record{StampNS: 2, FirstSequence: d.First, Count: 1, Command: command.AppendBinary(nil, c), Events: made}
	if err := listed(t).Replay(good); err != nil {
		t.Fatal(err)
	}
	for why, change := range map[string]func(r *event.Record){
		"another event":  func(r *event.Record) { r.Events = append([]byte{r.Events[0] + 1}, 5) },
		"more bytes":     func(r *event.Record) { r.Events = append(r.Events[:len(r.Events):len(r.Events)], 0) },
		"another stamp":  func(r *event.Record) { r.StampNS = 1 },
		"another count":  func(r *event.Record) { r.Count = 2 },
		"another start":  func(r *event.Record) { r.FirstSequence++ },
		"not a command":  func(r *event.Record) { r.Command = []byte("{") },
		"expired by now": func(r *event.Record) { r.StampNS = c.ExpiresAtNS + 1 },
	} {
		record := good
		change(&record)
		if listed(t).Replay(record) == nil {
			t.Errorf("%s was not noticed", why)
		}
	}
}

// TestDecidingAllocatesNothing: in the steady state, with orders that rest, trade and go.
func TestDecidingAllocatesNothing(t *testing.T) {
	s := listed(t)
	var buffer []byte
	stampNS, n := int64(10), 10
	round := func() {
		for range 64 {
			n += 4
			for i, c := range []*command.Command{one(n, book.Sell), one(n+1, book.Buy), one(n+2, book.Buy)} {
				stampNS += int64(20 * time.Millisecond)
				c.ExpiresAtNS = stampNS + int64(time.Second)
				_, buffer = s.Apply(c, stampNS+int64(i), buffer[:0])
			}
			cancel.ID, cancel.Order = testID('c', n+3), reused[2].Order
			_, buffer = s.Apply(cancel, stampNS+5, buffer[:0])
		}
	}
	for range 100 { // more than a minute of journal time: by then as much is forgotten as remembered
		round()
	}
	if allocations := testing.AllocsPerRun(20, round); allocations != 0 {
		t.Fatalf("%v allocations in 256 commands", allocations)
	}
}

// one is a place command that is used again and again.
func one(n int, side book.Side) *command.Command {
	c := &reused[n%4]
	c.ID, c.Order.ID, c.Order.Side = testID('c', n), testID('d', n), side
	return c
}

var (
	reused = [4]command.Command{*placeCommand(0, 1, 10, 5), *placeCommand(1, 1, 10, 5), *placeCommand(2, 1, 10, 5), *placeCommand(3, 1, 10, 5)}
	cancel = &command.Command{Kind: command.Cancel}
)
