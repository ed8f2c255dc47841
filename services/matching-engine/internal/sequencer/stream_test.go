package sequencer

import (
	"fmt"
	"math/rand/v2"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/command/commandtest"
	"daytrading/matching-engine/internal/event"
)

var testID = commandtest.ID

var wide = book.Limits{OpenOrders: 1 << 20, OpenOrdersPerAccount: 1 << 20, LevelsPerSide: 1 << 20, Symbols: 100, TrailingStopsPerSymbol: 100,
	TradesPerOrder: 1 << 20}

// stream makes commands of every kind that meet: few prices, few accounts, ids that were there before.
type stream struct {
	random  *rand.Rand
	n       int
	stampNS int64
	orders  []book.ID // lately placed
	account map[book.ID]book.ID
}

func newStream(seed uint64) *stream {
	return &stream{random: rand.New(rand.NewPCG(seed, 2)), account: map[book.ID]book.ID{}}
}

// next is a command and its stamp. A tick comes where the sequencer says that one is due.
func (g *stream) next(s *Sequencer) (*command.Command, int64) {
	g.n++
	g.stampNS += 1 + g.random.Int64N(int64(40*time.Millisecond))
	switch {
	case g.n == 1:
		return &command.Command{Kind: command.SetLimits, Limits: wide}, g.stampNS
	case g.n < 4:
		return &command.Command{ID: testID('c', g.n), Kind: command.ListSymbol, Symbol: []byte([]string{"X", "BTC/USD"}[g.n-2])}, g.stampNS
	case s.Due(g.stampNS) || g.random.IntN(60) == 0:
		return &command.Command{Kind: command.Tick}, g.stampNS
	case g.random.IntN(400) == 0:
		limits := wide
		if g.random.IntN(2) == 0 {
			limits.OpenOrders, limits.LevelsPerSide, limits.TrailingStopsPerSymbol, limits.TradesPerOrder = 60, 6, 2, 3
		}
		return &command.Command{Kind: command.SetLimits, Limits: limits}, g.stampNS
	}
	c := g.command()
	if g.random.IntN(10) == 0 {
		c.Trace, _ = command.ParseTrace([]byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
	}
	if !c.Kind.Expires() {
		return c, g.stampNS
	}
	c.ExpiresAtNS = g.stampNS + int64(5*time.Second)
	switch g.random.IntN(50) {
	case 0:
		c.ExpiresAtNS = g.stampNS - 1
	case 1:
		c.ExpiresAtNS = g.stampNS + maxExpiryAhead + 1
	case 2:
		c.ExpiresAtNS = g.stampNS + g.random.Int64N(maxExpiryAhead)
	}
	return c, g.stampNS
}

func (g *stream) command() *command.Command {
	c := &command.Command{ID: testID('c', g.n)}
	switch at := g.random.IntN(100); {
	case at < 3: // most often a repeat
		c.ID = testID('c', max(4, g.n-1-g.random.IntN(3_000)))
		c.Kind, c.Order.ID, c.Order.Account = command.Cancel, g.known(), testID('a', 1)
	case at < 20:
		c.Kind, c.Order.ID = command.Cancel, g.known()
		c.Order.Account = g.owner(c.Order.ID)
	case at < 32:
		g.replace(c)
	case at < 33:
		c.Kind = command.CancelAll
		if c.Symbol = []byte("X"); g.random.IntN(2) == 0 {
			c.Symbol, c.Order.Account = nil, testID('a', g.random.IntN(4))
		}
		if c.Order.Account == (book.ID{}) && g.random.IntN(8) == 0 {
			c.Symbol = []byte("NONE")
		}
	case at < 34:
		c.Kind, c.Symbol = command.Kind(int(command.ListSymbol)+g.random.IntN(3)), []byte("X")
		if c.Kind == command.HaltSymbol && g.random.IntN(3) > 0 {
			c.Kind = command.ResumeSymbol
		}
	case at < 35 && g.random.IntN(3) == 0:
		c.Kind, c.Session, c.EndsAtNS = command.EndSession, []byte("2026-11-22"), max(1, g.stampNS-g.random.Int64N(int64(time.Second)))
	case at < 43:
		g.pair(c)
	default:
		g.place(c)
	}
	return c
}

func (g *stream) known() book.ID {
	if len(g.orders) == 0 {
		return testID('d', 0)
	}
	return g.orders[len(g.orders)-1-g.random.IntN(min(len(g.orders), 40))]
}

func (g *stream) owner(order book.ID) book.ID {
	if account, known := g.account[order]; known && g.random.IntN(20) > 0 {
		return account
	}
	return testID('a', 9)
}

func (g *stream) took(order, account book.ID) {
	g.orders = append(g.orders, order)
	g.account[order] = account
}

func (g *stream) order() book.Order {
	o := commandtest.Order(g.random)
	o.ID, o.Account = testID('d', g.n), testID('a', 1+g.random.IntN(3))
	if g.random.IntN(30) == 0 {
		o.ID = g.known()
	}
	shrink := func(number *int64, least, most int64) {
		if *number != 0 {
			*number = least + g.random.Int64N(most)
		}
	}
	if g.random.IntN(2) == 0 {
		o.Type, o.StopPriceTicks, o.TrailTicks, o.TrailBasisPoints = book.Limit, 0, 0, 0
	}
	shrink(&o.LimitPriceTicks, 95, 10)
	shrink(&o.StopPriceTicks, 93, 14)
	shrink(&o.TrailTicks, 1, 5)
	o.QuantityLots = 1 + g.random.Int64N(20)
	shrink(&o.DisplayLots, 1, o.QuantityLots)
	shrink(&o.MinimumLots, 1, o.QuantityLots)
	shrink(&o.ExpireAtNS, g.stampNS, int64(5*time.Second))
	return o
}

func (g *stream) place(c *command.Command) {
	c.Kind, c.Order = command.Place, g.order()
	c.Symbol = []byte([]string{"X", "BTC/USD", "NONE"}[min(g.random.IntN(40)/19, 2)])
	c.ClientOrderID, c.Terms = fmt.Append(nil, "client ", g.n), []byte(`{"fee_rate":"0.001"}`)
	g.took(c.Order.ID, c.Order.Account)
}

func (g *stream) pair(c *command.Command) {
	for c.Kind != command.PlacePair {
		*c = commandtest.Any(g.random)
	}
	c.ID, c.Trace, c.Symbol = testID('c', g.n), command.Trace{}, []byte("X")
	c.Order.ID, c.Stop.ID = testID('d', g.n), testID('e', g.n)
	c.Order.QuantityLots = 1 + g.random.Int64N(20)
	c.Order.LimitPriceTicks, c.Stop.LimitPriceTicks = 95+g.random.Int64N(10), 90+g.random.Int64N(20)
	if c.Stop.StopPriceTicks != 0 {
		c.Stop.StopPriceTicks = 93 + g.random.Int64N(14)
	}
	if c.Order.ExpireAtNS != 0 {
		c.Order.ExpireAtNS = g.stampNS + g.random.Int64N(int64(5*time.Second))
	}
	c.Stop.QuantityLots, c.Stop.ExpireAtNS = c.Order.QuantityLots, c.Order.ExpireAtNS
	g.took(c.Order.ID, c.Order.Account)
	g.took(c.Stop.ID, c.Order.Account)
}

func (g *stream) replace(c *command.Command) {
	c.Kind, c.Order.ID, c.NewOrderID = command.Replace, g.known(), testID('d', g.n)
	c.Order.Account = g.owner(c.Order.ID)
	if g.random.IntN(20) == 0 {
		c.NewOrderID = g.known()
	}
	switch g.random.IntN(6) {
	case 0:
		c.Order.StopPriceTicks = 93 + g.random.Int64N(14)
	case 1:
		c.Order.TrailTicks = 1 + g.random.Int64N(5)
	case 2:
		c.Order.LimitPriceTicks = 95 + g.random.Int64N(10)
	case 3:
		c.ClientOrderID, c.Terms = fmt.Append(nil, "client ", g.n), []byte(`{}`)
	default:
		c.Order.QuantityLots = 1 + g.random.Int64N(20)
	}
	g.took(c.NewOrderID, c.Order.Account)
}

// run decides so many commands of a stream and keeps the records of those that are journalled.
func (g *stream) run(s *Sequencer, count int) (records []event.Record) {
	for range count {
		c, stampNS := g.next(s)
		d, made := s.Apply(c, stampNS, nil)
		if d.Refused == "" && !d.Repeated {
			records = append(records, event.Record{
				StampNS: stampNS, FirstSequence: d.First, Count: int(d.Last + 1 - d.First), Command: command.AppendBinary(nil, c), Events: made,
			})
		}
	}
	return records
}
