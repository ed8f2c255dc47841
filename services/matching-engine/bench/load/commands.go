// Package load turns the workloads' messages into the commands that callers send.
package load

import (
	"encoding/binary"
	"math/rand/v2"

	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// What a place command carries besides numbers: a caller's id of the usual length, and terms as the trading service's.
var (
	clientOrderID = []byte("5f0c2b9e-7a41-4d36")
	terms         = []byte(`{"fee_rate":"0.0005"}`)
)

// Sender gives commands their ids. It is for one goroutine.
type Sender struct {
	random *rand.PCG
	symbol []byte
}

// NewSender sends for one symbol. Senders of different seeds never share an id.
func NewSender(symbol string, seed uint64) *Sender {
	return &Sender{random: rand.NewPCG(seed, 0x853c49e6748fea9b), symbol: []byte(symbol)}
}

// Fill makes a message a command that expires at a moment of journal time.
func (s *Sender) Fill(c *command.Command, m *workload.Message, expiresAtNS int64) {
	*c = command.Command{ID: s.id()}
	c.Order.ID, c.Order.Account = m.Order, workload.Accounts[m.Account]
	switch m.Kind {
	case workload.Place:
		c.Kind, c.ExpiresAtNS, c.Symbol, c.ClientOrderID, c.Terms = command.Place, expiresAtNS, s.symbol, clientOrderID, terms
		c.Order.Side, c.Order.Type, c.Order.TimeInForce = m.Side, book.Limit, m.TimeInForce
	case workload.Cancel:
		c.Kind = command.Cancel
		return
	case workload.Replace:
		c.Kind, c.ExpiresAtNS, c.NewOrderID = command.Replace, expiresAtNS, m.NewOrder
	}
	c.Order.LimitPriceTicks, c.Order.QuantityLots = m.PriceTicks, m.QuantityLots
}

// List is the command that lists the sender's symbol.
func (s *Sender) List() command.Command {
	return command.Command{ID: s.id(), Kind: command.ListSymbol, Symbol: s.symbol}
}

func (s *Sender) id() book.ID {
	var id book.ID
	binary.LittleEndian.PutUint64(id[:8], s.random.Uint64())
	binary.LittleEndian.PutUint64(id[8:], s.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}
