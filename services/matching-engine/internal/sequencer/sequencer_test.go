package sequencer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
)

func testID(kind byte, n int) book.ID {
	id := book.ID{0: kind}
	for i := range 4 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

func placeCommand(n int, side book.Side, price, lots int64) *Command {
	return &Command{
		ID: testID('c', n), Kind: Place, ExpiresAtNS: int64(time.Minute), OrderID: testID('o', n), AccountID: testID('a', n%3),
		Symbol: "X", ClientOrderID: fmt.Sprint("client ", n), Side: side, Type: book.Limit, TimeInForce: book.GoodTillCancelled,
		LimitTicks: price, QuantityLots: lots, Terms: []byte(`{}`),
	}
}

func listed(t *testing.T) *Sequencer {
	t.Helper()
	s := New()
	if d := s.Apply(&Command{ID: testID('c', 0), Kind: ListSymbol, Symbol: "X"}, 1); len(d.Events) != 1 {
		t.Fatalf("%+v", d)
	}
	return s
}

func TestARepeatGetsTheFirstResultUntilItsExpiryHasPassed(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	first := s.Apply(c, 2)
	for _, stamp := range []int64{3, c.ExpiresAtNS} {
		if d := s.Apply(c, stamp); !d.Repeated || d.First != first.First || d.Last != first.Last || len(d.Events) != 0 {
			t.Fatalf("at %d: %+v", stamp, d)
		}
	}
	if d := s.Apply(c, c.ExpiresAtNS+1); d.Refused != RefusedExpired || s.LastSequence() != first.Last {
		t.Fatalf("after its expiry: %+v", d)
	}
}

func TestACommandWithoutExpiryIsRememberedForAMinute(t *testing.T) {
	s := listed(t)
	cancel := &Command{ID: testID('c', 9), Kind: Cancel, OrderID: testID('o', 9), AccountID: testID('a', 9)}
	s.Apply(cancel, 2)
	if d := s.Apply(cancel, 2+rememberedWithoutExpiry); !d.Repeated {
		t.Fatalf("%+v", d)
	}
	if d := s.Apply(cancel, 3+rememberedWithoutExpiry); d.Repeated || len(d.Events) != 1 {
		t.Fatalf("%+v", d)
	}
}

func TestExpiriesAreCheckedAgainstTheStampAndTheCap(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	c.StampedByNS = 50
	if d := s.Apply(c, 51); d.Refused != RefusedExpired {
		t.Fatalf("stamped later than the engine's cap: %+v", d)
	}
	far := placeCommand(2, book.Buy, 10, 5)
	far.ExpiresAtNS = 60 + maxExpiryAhead
	if d := s.Apply(far, 59); d.Refused != RefusedExpiryTooFar {
		t.Fatalf("%+v", d)
	}
	if d := s.Apply(far, 60); d.Refused != "" {
		t.Fatalf("%+v", d)
	}
}

func TestAnOrderIDIsNotTakenTwiceEvenAfterItsFill(t *testing.T) {
	s := listed(t)
	s.Apply(placeCommand(1, book.Sell, 10, 5), 2)
	s.Apply(placeCommand(2, book.Buy, 10, 5), 3)
	again := placeCommand(3, book.Sell, 10, 5)
	again.OrderID = testID('o', 1)
	if d := s.Apply(again, 4); !bytes.Contains(d.Events[0], []byte(`"reason":"duplicate_order_id"`)) || s.OpenOrders() != 0 {
		t.Fatalf("%s", d.Events)
	}
}

// TestTheEndOfASessionLeavesTheNextSessionsOrders ends it late, and again when the command is forgotten; then the
// same from the journal, by which the stamps come back.
func TestTheEndOfASessionLeavesTheNextSessionsOrders(t *testing.T) {
	const end = int64(1000)
	s := New()
	var log []journalled
	apply := func(c *Command, stamp int64, events ...string) Decision {
		t.Helper()
		d := s.Apply(c, stamp)
		if d.Refused != "" || len(d.Events) != len(events) {
			t.Fatalf("%+v, want %v", d, events)
		}
		for i, event := range events {
			if !bytes.Contains(d.Events[i], []byte(event)) {
				t.Fatalf("%s, want %s", d.Events[i], event)
			}
		}
		if !d.Repeated {
			log = append(log, journalled{AppendCommand(nil, c), stamp, d})
		}
		return d
	}
	day := func(n int, stamp int64) {
		t.Helper()
		c := placeCommand(n, book.Buy, 10, 5)
		c.TimeInForce, c.ExpiresAtNS = book.Day, stamp+int64(time.Second)
		apply(c, stamp, `"kind":"order_accepted"`)
	}
	rest := func(s *Sequencer, orders ...int) {
		t.Helper()
		var open, want []book.ID
		for _, o := range s.OpenOrdersAfter(book.ID{}, 10) {
			open = append(open, o.OrderID)
		}
		for _, n := range orders {
			want = append(want, testID('o', n))
		}
		if !slices.Equal(open, want) {
			t.Fatalf("%v rest, want %v", open, want)
		}
	}

	apply(&Command{ID: testID('c', 0), Kind: ListSymbol, Symbol: "X"}, 1, "symbol_listed")
	day(1, end-1)
	apply(placeCommand(2, book.Buy, 10, 5), end-1, `"kind":"order_accepted"`)
	day(3, end)
	day(4, end+1)
	over := &Command{ID: testID('e', 1), Kind: EndSession, Session: "2026-11-22", EndsAtNS: end}
	apply(over, end+2, `"order_id":"`+testID('o', 1).String(), `"expired_orders":1`)
	rest(s, 2, 3, 4)

	day(5, end+3)
	if d := apply(over, end+2+rememberedWithoutExpiry); !d.Repeated {
		t.Fatalf("%+v", d)
	}
	apply(over, end+3+rememberedWithoutExpiry, `"expired_orders":0`)
	rest(s, 2, 3, 4, 5)

	again := New()
	for _, e := range log {
		if err := again.Replay(e.command, e.stamp, e.d.First, e.d.Events); err != nil {
			t.Fatal(err)
		}
	}
	rest(again, 2, 3, 4, 5)
	next := *over
	next.ID, next.EndsAtNS = testID('e', 2), end+2
	now, then := s.Apply(&next, 1<<40), again.Apply(&next, 1<<40)
	if len(now.Events) != 3 || !slices.EqualFunc(now.Events, then.Events, bytes.Equal) {
		t.Fatalf("the next session's end: %s\nafter a replay: %s", now.Events, then.Events)
	}
	rest(again, 2, 5)
}

type journalled struct {
	command []byte
	stamp   int64
	d       Decision
}

// TestAReplayOfRandomCommandsIsIdentical also checks that quantities are conserved, and that what is open in
// the end is what the events say.
func TestAReplayOfRandomCommandsIsIdentical(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		s := New()
		log := run(s, random, 800)
		again := New()
		for _, e := range log {
			if err := again.Replay(e.command, e.stamp, e.d.First, e.d.Events); err != nil {
				t.Fatal(err)
			}
		}
		all := s.OpenOrdersAfter(book.ID{}, 1<<20)
		if !slices.Equal(all, again.OpenOrdersAfter(book.ID{}, 1<<20)) || len(s.memory.commands) != len(again.memory.commands) {
			t.Fatalf("seed %d: the replayed state differs", seed)
		}
		checkConservation(t, log, all)
		checkPages(t, s, all)
	}
}

func run(s *Sequencer, random *rand.Rand, count int) (log []journalled) {
	for n := range count {
		c := randomCommand(random, n)
		stamp := int64(1 + n*1000000 + random.IntN(100))
		d := s.Apply(c, stamp)
		if len(d.Events) > 0 {
			log = append(log, journalled{AppendCommand(nil, c), stamp, d})
		}
	}
	return log
}

func randomCommand(random *rand.Rand, n int) *Command {
	switch random.IntN(20) {
	case 0:
		return &Command{ID: testID('l', n), Kind: ListSymbol, Symbol: string(rune('X' + random.IntN(3)))}
	case 1:
		return &Command{Kind: Tick}
	case 2, 3, 4, 5:
		earlier := random.IntN(n + 1)
		return &Command{ID: testID('k', n), Kind: Cancel, OrderID: testID('o', earlier), AccountID: testID('a', random.IntN(3))}
	case 6:
		if random.IntN(10) == 0 {
			return &Command{ID: testID('e', n), Kind: EndSession, Session: "2026-11-22", EndsAtNS: 1 + random.Int64N(int64(n+2)*1000000)}
		}
	}
	c := placeCommand(n, book.Side(1+random.IntN(2)), 1+random.Int64N(10), 1+random.Int64N(30))
	if random.IntN(10) == 0 {
		c = placeCommand(random.IntN(n+1), c.Side, c.LimitTicks, c.QuantityLots) // a repeat
	}
	c.Symbol = string(rune('X' + random.IntN(3)))
	c.Type, c.TimeInForce = book.OrderType(1+random.IntN(2)), book.TimeInForce(1+random.IntN(4))
	if random.IntN(3) == 0 {
		c.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	}
	return c
}

func checkConservation(t *testing.T, log []journalled, open []OpenOrder) {
	t.Helper()
	left, sequence := map[string]int64{}, uint64(0)
	for _, entry := range log {
		for _, raw := range entry.d.Events {
			var e struct {
				Sequence uint64
				Kind     string
				Data     struct {
					OrderID        string `json:"order_id"`
					Maker          string `json:"maker_order_id"`
					Taker          string `json:"taker_order_id"`
					Quantity       int64  `json:"quantity_lots"`
					MakerRemaining int64  `json:"maker_remaining_lots"`
					TakerRemaining int64  `json:"taker_remaining_lots"`
					Remaining      int64  `json:"remaining_lots"`
				}
			}
			if err := json.Unmarshal(raw, &e); err != nil || e.Sequence != sequence+1 {
				t.Fatalf("%s after %d: %v", raw, sequence, err)
			}
			sequence = e.Sequence
			switch e.Kind {
			case "order_accepted":
				left[e.Data.OrderID] = e.Data.Quantity
			case "trade":
				left[e.Data.Maker] -= e.Data.Quantity
				left[e.Data.Taker] -= e.Data.Quantity
				if left[e.Data.Maker] != e.Data.MakerRemaining || left[e.Data.Taker] != e.Data.TakerRemaining || e.Data.MakerRemaining < 0 {
					t.Fatalf("%s does not add up", raw)
				}
			case "order_cancelled", "order_expired":
				if left[e.Data.OrderID] != e.Data.Remaining {
					t.Fatalf("%s does not add up", raw)
				}
				left[e.Data.OrderID] = 0
			}
		}
	}
	resting := map[string]int64{}
	for _, o := range open {
		resting[o.OrderID.String()] = o.RemainingLots
	}
	for id, lots := range left {
		if resting[id] != lots {
			t.Fatalf("order %s: the events leave %d lots, the book holds %d", id, lots, resting[id])
		}
	}
}

func checkPages(t *testing.T, s *Sequencer, all []OpenOrder) {
	t.Helper()
	var paged []OpenOrder
	for after := (book.ID{}); ; {
		page := s.OpenOrdersAfter(after, 7)
		if len(page) == 0 {
			break
		}
		paged, after = append(paged, page...), page[len(page)-1].OrderID
	}
	if !slices.Equal(paged, all) || len(all) != s.OpenOrders() {
		t.Fatalf("%d orders by pages, %d at once, %d counted", len(paged), len(all), s.OpenOrders())
	}
}

func TestAReplayThatDiffersIsNoticed(t *testing.T) {
	s := listed(t)
	c := placeCommand(1, book.Buy, 10, 5)
	command := AppendCommand(nil, c)
	d := s.Apply(c, 2)
	for why, replay := range map[string]func(*Sequencer) error{
		"another event": func(s *Sequencer) error {
			return s.Replay(command, 2, d.First, [][]byte{bytes.Replace(d.Events[0], []byte("10"), []byte("11"), 1)})
		},
		"another stamp":  func(s *Sequencer) error { return s.Replay(command, 3, d.First, d.Events) },
		"another count":  func(s *Sequencer) error { return s.Replay(command, 2, d.First, append(d.Events[:1:1], d.Events...)) },
		"not a command":  func(s *Sequencer) error { return s.Replay([]byte("{"), 2, d.First, d.Events) },
		"expired by now": func(s *Sequencer) error { return s.Replay(command, c.ExpiresAtNS+1, d.First, d.Events) },
	} {
		if replay(listed(t)) == nil {
			t.Errorf("%s was not noticed", why)
		}
	}
}
