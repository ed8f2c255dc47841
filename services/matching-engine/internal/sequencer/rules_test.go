package sequencer

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
)

// eventsOfRules are the digests of what the stream of TestTheRulesAreThoseOfTheirVersion becomes, by version.
var eventsOfRules = map[int]string{
	1: "870e1a3e591b12a7c25d850395b7035c527bbc1416639494ddd63684eb6337f9",
}

// TestTheRulesAreThoseOfTheirVersion decides a fixed stream of every kind of command. Other events than those that
// RulesVersion once made mean other rules: they need a version of their own, with a line of its own above.
func TestTheRulesAreThoseOfTheirVersion(t *testing.T) {
	events := sha256.New()
	random := rand.New(rand.NewPCG(1, 2)) // its numbers are promised never to change
	s := New()
	outcomes := map[string]int{}
	stamp := int64(0)
	for n := range 20_000 {
		stamp += 1 + random.Int64N(int64(20*time.Millisecond))
		d := s.Apply(anyCommand(random, n, stamp), stamp)
		for _, event := range d.Events {
			events.Write(event)
			events.Write([]byte{'\n'})
		}
		outcomes["trade"] += d.Trades
		if d.Repeated {
			outcomes["repeated"]++
		}
		outcomes[d.Refused]++
	}
	for _, outcome := range []string{"", "trade", "repeated", RefusedExpired, RefusedExpiryTooFar} {
		if outcomes[outcome] == 0 {
			t.Errorf("the stream has no %q: it shows too little", outcome)
		}
	}
	if s.OpenOrders() == 0 {
		t.Error("no order rests at the end")
	}
	if digest := hex.EncodeToString(events.Sum(nil)); digest != eventsOfRules[RulesVersion] {
		t.Fatalf("these are not the events of rules %d: raise RulesVersion (rules.go) and add %s here", RulesVersion, digest)
	}
}

func anyCommand(random *rand.Rand, n int, stamp int64) *Command {
	symbol := []string{"X", "BTC/USD", "NONE"}[min(random.IntN(40)/19, 2)]
	switch {
	case n < 4: // the last two are there already
		return &Command{ID: testID('c', n), Kind: ListSymbol, Symbol: []string{"X", "BTC/USD"}[n%2]}
	case random.IntN(100) == 0:
		return &Command{ID: testID('c', n), Kind: EndSession, Session: "2026-11-22", EndsAtNS: max(1, stamp-int64(time.Second))}
	case random.IntN(50) == 0:
		return &Command{Kind: Tick}
	case n > 6_100 && random.IntN(50) == 0: // about as old as what is just forgotten
		return &Command{ID: testID('c', n-6_100+random.IntN(200)), Kind: Cancel, OrderID: testID('o', n), AccountID: testID('a', 0)}
	case random.IntN(5) == 0:
		order := n - 1 - random.IntN(min(n, 200))
		return &Command{ID: testID('c', n), Kind: Cancel, OrderID: testID('o', order), AccountID: testID('a', (order+random.IntN(9)/8)%3)}
	}
	side := []book.Side{book.Buy, book.Sell}[random.IntN(2)]
	c := placeCommand(n, side, 95+random.Int64N(11), 1+random.Int64N(50))
	c.Symbol, c.Terms = symbol, []byte(`{"fee_rate":"0.001"}`)
	c.TimeInForce = []book.TimeInForce{book.GoodTillCancelled, book.GoodTillCancelled, book.Day, book.ImmediateOrCancel, book.FillOrKill}[random.IntN(5)]
	if random.IntN(8) == 0 {
		c.Type, c.TimeInForce = book.Market, book.ImmediateOrCancel
	}
	c.ExpiresAtNS = stamp + int64(5*time.Second)
	switch random.IntN(60) {
	case 0:
		c.ExpiresAtNS = stamp - 1
	case 1:
		c.ExpiresAtNS = stamp + 2*maxExpiryAhead
	case 2:
		c.ID = testID('c', max(4, n-1)) // most often a repeat
	case 3:
		c.OrderID = testID('o', max(4, n-1))
	case 4:
		c.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	}
	return c
}
