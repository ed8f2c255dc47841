package sequencer

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// flow is a warm book and what comes next: 50 % new orders near the touch, 45 % cancels, 5 % that trade, each with ids of
// its own; 450,000 a second of journal time.
type flow struct {
	random *rand.Rand
	n      int
	open   []*command.Command
}

const flowGapNS = int64(time.Second) / 450_000

func (g *flow) next(c *command.Command) int64 {
	g.n++
	var id book.ID
	for i := range 2 {
		bits := g.random.Uint64()
		for j := range 8 {
			id[8*i+j] = byte(bits >> (8 * j))
		}
	}
	stampNS := int64(g.n) * flowGapNS
	if at := g.random.IntN(100); at < 45 && len(g.open) > 100_000 {
		i := g.random.IntN(len(g.open))
		gone := g.open[i]
		g.open[i] = g.open[len(g.open)-1]
		g.open = g.open[:len(g.open)-1]
		*c = command.Command{ID: id, Kind: command.Cancel}
		c.Order.ID, c.Order.Account = gone.Order.ID, gone.Order.Account
		return stampNS
	}
	side := book.Side(1 + g.random.IntN(2))
	away := 1 + int64(g.random.ExpFloat64()*30)
	if g.random.IntN(100) < 5 {
		away = -2
	}
	price := 100_000 - away
	if side == book.Sell {
		price = 100_000 + away
	}
	order := id
	order[0] ^= 0xff
	*c = command.Command{
		ID: id, Kind: command.Place, ExpiresAtNS: stampNS + 5*int64(time.Second), Symbol: []byte("BTC/USD"),
		ClientOrderID: fmt.Append(nil, "bot-", g.n), Terms: []byte(`{"fee_rate":"0.0025"}`),
		Order: book.Order{
			ID: order, Account: testID('a', 1+g.random.IntN(1000)), Side: side, Type: book.Limit,
			TimeInForce: book.GoodTillCancelled, LimitPriceTicks: price, QuantityLots: 1 + g.random.Int64N(100),
		},
	}
	g.open = append(g.open, c)
	return stampNS
}

// processorTime reports what the process used of the processors, which other processes do not lengthen.
func processorTime(b *testing.B) func() {
	used := func() int64 {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}
		return usage.Utime.Nano() + usage.Stime.Nano()
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op") }
}

// BenchmarkApply decides and encodes a warm book's flow. Its commands come in binary, as from the journal; `replay`
// decodes them too and compares the events.
func BenchmarkApply(b *testing.B) {
	const count = 1_000_000
	g := &flow{random: rand.New(rand.NewPCG(1, 1))}
	commands, stamps := make([]command.Command, count), make([]int64, count)
	for i := range commands {
		stamps[i] = g.next(&commands[i])
	}
	start := func() *Sequencer {
		s := New(wide)
		s.Apply(&command.Command{ID: testID('l', 1), Kind: command.ListSymbol, Symbol: []byte("BTC/USD")}, 1, nil)
		return s
	}
	for _, chunk := range []int{0, 16} {
		b.Run(fmt.Sprintf("ahead-%d", chunk), func(b *testing.B) {
			b.ReportAllocs()
			defer processorTime(b)()
			var s *Sequencer
			var events, text []byte
			for i := range b.N {
				at := i % count
				if at == 0 {
					b.StopTimer()
					s = start()
					b.StartTimer()
				}
				if chunk > 0 && at%chunk == 0 {
					s.Ahead(commands[at:min(count, at+chunk)])
				}
				_, events = s.Apply(&commands[at], stamps[at]+1, events[:0])
				text = command.AppendBinary(text[:0], &commands[at])
			}
		})
	}
	var records []event.Record
	s := start()
	for i := range commands {
		d, events := s.Apply(&commands[i], stamps[i]+1, nil)
		records = append(records, event.Record{
			StampNS: stamps[i] + 1, FirstSequence: d.First, Count: int(d.Last + 1 - d.First),
			Command: command.AppendBinary(nil, &commands[i]), Events: events,
		})
	}
	b.Run("replay", func(b *testing.B) {
		b.ReportAllocs()
		defer processorTime(b)()
		var replayer *Replayer
		for i := range b.N {
			if i%count == 0 {
				b.StopTimer()
				s = start()
				b.StartTimer()
			}
			if i%count == 0 {
				replayer = NewReplayer(s)
			}
			if err := replayer.Add(records[i%count]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		var renderer event.Renderer
		var text []byte
		var ends []int
		for i := range b.N {
			text, ends, _ = renderer.AppendJSON(text[:0], ends[:0], records[i%count], 0, 100)
		}
	})
	snapshot := s.AppendSnapshot(nil)
	b.Run("snapshot", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		for range b.N {
			snapshot = s.AppendSnapshot(snapshot[:0])
		}
	})
	b.Run("restore", func(b *testing.B) {
		b.SetBytes(int64(len(snapshot)))
		for range b.N {
			if _, err := Restore(snapshot); err != nil {
				b.Fatal(err)
			}
		}
	})
}
