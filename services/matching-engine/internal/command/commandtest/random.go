// Package commandtest makes commands for tests.
package commandtest

import (
	"fmt"
	"math/rand/v2"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// ID is the n-th id of a family.
func ID(family byte, n int) book.ID {
	id := book.ID{0: family}
	for i := range 4 {
		id[15-i] = byte(n >> (8 * i))
	}
	return id
}

// Any is a valid command of any kind that a call may hold, with any of what it may have.
func Any(random *rand.Rand) command.Command {
	c := command.Command{ID: ID('c', random.IntN(1<<30)), Kind: command.Kind(1 + random.IntN(int(command.EndSession)))}
	if random.IntN(3) == 0 {
		c.Trace, _ = command.ParseTrace([]byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
	}
	if c.Kind.Expires() {
		c.ExpiresAtNS = 1 + random.Int64N(1<<62)
	}
	switch c.Kind {
	case command.Place:
		c.Symbol, c.ClientOrderID, c.Terms = symbol(random), text(random), terms(random)
		c.Order = Order(random)
	case command.PlacePair:
		anyPair(random, &c)
	case command.Cancel:
		c.Order.ID, c.Order.Account = ID('d', random.IntN(1<<30)), ID('a', 1+random.IntN(9))
	case command.Replace:
		anyReplacement(random, &c)
	case command.CancelAll:
		if random.IntN(2) == 0 {
			c.Order.Account = ID('a', 1+random.IntN(9))
		}
		if c.Order.Account == (book.ID{}) || random.IntN(2) == 0 {
			c.Symbol = symbol(random)
		}
	case command.ListSymbol, command.HaltSymbol, command.ResumeSymbol:
		c.Symbol = symbol(random)
	case command.EndSession:
		c.Session, c.EndsAtNS = []byte("2026-11-22"), 1+random.Int64N(1<<62)
	}
	return c
}

// Order is a valid order of any type, with any of what it may have.
func Order(random *rand.Rand) book.Order {
	o := book.Order{
		ID: ID('d', random.IntN(1<<30)), Account: ID('a', 1+random.IntN(9)), Side: book.Side(1 + random.IntN(2)),
		Type: book.OrderType(1 + random.IntN(5)), TimeInForce: book.TimeInForce(1 + random.IntN(5)),
		LimitPriceTicks: Number(random), QuantityLots: Number(random), SelfTrade: book.SelfTrade(random.IntN(5)),
	}
	waits := o.Type == book.Stop || o.Type == book.StopLimit || o.Type == book.TrailingStop
	if waits {
		o.TimeInForce = book.TimeInForce(1 + random.IntN(3))
	}
	if o.Type == book.Market && o.TimeInForce == book.GoodTillDate {
		o.TimeInForce = book.FillOrKill
	}
	switch {
	case o.Type == book.Stop || o.Type == book.StopLimit:
		o.StopPriceTicks = Number(random)
	case o.Type == book.TrailingStop && random.IntN(2) == 0:
		o.TrailTicks = Number(random)
	case o.Type == book.TrailingStop:
		o.TrailBasisPoints = 1 + random.Int32N(command.MaxTrailBasisPoints)
	}
	if o.TimeInForce == book.GoodTillDate {
		o.ExpireAtNS = 1 + random.Int64N(1<<62)
	}
	rests, limited := o.TimeInForce <= book.GoodTillDate, o.Type == book.Limit || o.Type == book.StopLimit
	if rests && limited && random.IntN(3) == 0 {
		least := (o.QuantityLots-1)/book.MaxShowings + 1
		o.DisplayLots = least + random.Int64N(o.QuantityLots-least+1)
	}
	if rests && o.Type == book.Limit && random.IntN(3) == 0 {
		o.PostOnly = book.PostOnly(1 + random.IntN(2))
	}
	if (limited || o.Type == book.Market) && o.TimeInForce != book.FillOrKill && o.PostOnly == 0 && random.IntN(3) == 0 {
		o.MinimumLots = 1 + random.Int64N(o.QuantityLots)
	}
	return o
}

// Number is one of ticks or lots, most often a small one.
func Number(random *rand.Rand) int64 {
	most := int64(command.MaxNumber)
	for range random.IntN(15) {
		most /= 10
	}
	return 1 + random.Int64N(most)
}

func anyPair(random *rand.Rand, c *command.Command) {
	c.Symbol = symbol(random)
	c.ClientOrderID, c.Terms = text(random), terms(random)
	c.StopClientOrderID, c.StopTerms = text(random), terms(random)
	for c.Stop.Type != book.Stop && c.Stop.Type != book.StopLimit && c.Stop.Type != book.TrailingStop {
		c.Stop = Order(random)
	}
	c.Stop.DisplayLots, c.Stop.MinimumLots = 0, 0
	c.Order = c.Stop
	c.Order.ID, c.Order.Type, c.Order.LimitPriceTicks = ID('e', random.IntN(1<<30)), book.Limit, Number(random)
	c.Order.StopPriceTicks, c.Order.TrailTicks, c.Order.TrailBasisPoints = 0, 0, 0
}

func anyReplacement(random *rand.Rand, c *command.Command) {
	c.Order.ID, c.Order.Account, c.NewOrderID = ID('d', random.IntN(1<<30)), ID('a', 1+random.IntN(9)), ID('d', random.IntN(1<<30))
	c.Order.QuantityLots = Number(random)
	changes := []func(){
		func() { c.Order.QuantityLots = 0; c.Terms = terms(random) },
		func() { c.Order.LimitPriceTicks = Number(random) },
		func() { c.Order.StopPriceTicks = Number(random) },
		func() { c.Order.TrailTicks = Number(random) },
		func() { c.Order.TrailBasisPoints = 1 + random.Int32N(command.MaxTrailBasisPoints) },
		func() { c.ClientOrderID = text(random) },
	}
	for _, change := range changes {
		if random.IntN(3) == 0 {
			change()
		}
	}
}

func symbol(random *rand.Rand) []byte {
	return []byte([]string{"X", "BTC/USD", "BRK.B", "0123456789ABCDEF0123456789ABCDEF"}[random.IntN(4)])
}

func text(random *rand.Rand) []byte {
	return []byte([]string{"client", `with "quotes" and \`, "Ünïcödé 🙂", fmt.Sprint(random.IntN(1 << 30))}[random.IntN(4)])
}

func terms(random *rand.Rand) []byte {
	return []byte([]string{`{}`, `{"fee_rate":"0.0025"}`, `{"a":[1,-25,null,true,{"b":"\"\\\u00e9"}],"ü":{}}`}[random.IntN(3)])
}
