package contest

import (
	"slices"
	"testing"

	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/book"
)

// The figures compare like with like only when all books say the same, event by event and field by field.
func TestAllBooksMakeTheSameEvents(t *testing.T) {
	for _, name := range workload.Names {
		w := workload.Generate(name, workload.Quick, 3)
		books := make([]Contestant, len(Makers))
		for i, m := range Makers {
			books[i] = m.New()
		}
		for at, messages := range [][]workload.Message{w.Setup, w.Messages} {
			if i, ok := firstDifference(books, messages); !ok {
				t.Errorf("%s, part %d: message %d, %+v", name, at, i, messages[i])
				for j, c := range books {
					t.Logf("%s, if it came again: %+v", Makers[j].Name, c.Apply(&messages[i], nil))
				}
				break
			}
		}
	}
}

func firstDifference(books []Contestant, messages []workload.Message) (int, bool) {
	digests := make([]Digest, len(books))
	var events []book.Event
	for i := range messages {
		for j, c := range books {
			if i%lookAhead == 0 {
				c.Ahead(messages[i:min(i+lookAhead, len(messages))])
			}
			events = c.Apply(&messages[i], events[:0])
			digests[j].Add(events)
			if digests[j] != digests[0] {
				return i, false
			}
		}
	}
	return len(messages), true
}

// A digest that overlooked a field would let books differ in it.
func TestADigestSeesEveryField(t *testing.T) {
	changes := []func(*book.Event){
		func(e *book.Event) { e.Kind++ }, func(e *book.Event) { e.Reason++ }, func(e *book.Event) { e.Side++ },
		func(e *book.Event) { e.Phase++ }, func(e *book.Event) { e.KeepsPriority = true }, func(e *book.Event) { e.Leg++ },
		func(e *book.Event) { e.Symbol++ }, func(e *book.Event) { e.Account++ }, func(e *book.Event) { e.TakerAccount++ },
		func(e *book.Event) { e.TrailBasisPoints++ }, func(e *book.Event) { e.Order[0]++ }, func(e *book.Event) { e.Order[15]++ },
		func(e *book.Event) { e.Other[0]++ }, func(e *book.Event) { e.Other[15]++ }, func(e *book.Event) { e.PriceTicks++ },
		func(e *book.Event) { e.StopPriceTicks++ }, func(e *book.Event) { e.TrailTicks++ },
		func(e *book.Event) { e.QuantityLots++ }, func(e *book.Event) { e.RemainingLots++ },
		func(e *book.Event) { e.TakerRemainingLots++ }, func(*book.Event) {},
	}
	seen := map[uint64]int{}
	for i, change := range changes {
		var e book.Event
		change(&e)
		var d Digest
		d.Add([]book.Event{e})
		if other, twice := seen[d.Hash]; twice {
			t.Errorf("changes %d and %d have one digest", other, i)
		}
		seen[d.Hash] = i
	}
}

func TestADigestSeesTheOrder(t *testing.T) {
	a, b := book.Event{PriceTicks: 1}, book.Event{PriceTicks: 2}
	var first, second Digest
	first.Add([]book.Event{a, b})
	second.Add([]book.Event{b, a})
	if first.Hash == second.Hash {
		t.Error("two events in either order have one digest")
	}
}

func TestWhatIsMeasuredIsWhatWasAsked(t *testing.T) {
	w := workload.Generate("sweeps", workload.Quick, 1)
	var digest Digest
	for _, m := range Makers {
		figures := Once(m, &w)
		if figures.Messages != len(w.Messages) || figures.CPUSeconds <= 0 || figures.Digest.Trades == 0 {
			t.Errorf("%s: %+v", m.Name, figures)
		}
		if digest.Events != 0 && figures.Digest != digest {
			t.Errorf("%s: %+v, not %+v as the one before", m.Name, figures.Digest, digest)
		}
		digest = figures.Digest
		samples := Latency(m, &w)
		if len(samples) != len(w.Messages) || samples[0] > samples[len(samples)-1] || samples[len(samples)-1] == 0 {
			t.Errorf("%s: %d samples from %d to %d ns", m.Name, len(samples), samples[0], samples[len(samples)-1])
		}
		if bytes := HeapPerOrder(m, &w); bytes < 64 || bytes > 10_000 {
			t.Errorf("%s: %.0f bytes of heap per order", m.Name, bytes)
		}
	}
}

// The workloads send nothing that is refused; the books must agree on that, too, or a mistake in one would look like speed.
func TestAllBooksRefuseTheSame(t *testing.T) {
	order := func(n byte) book.ID { return book.ID{0: 1, 15: n} }
	place := func(n byte, side book.Side, price int64) workload.Message {
		return workload.Message{Kind: workload.Place, Order: order(n), Side: side, TimeInForce: book.GoodTillCancelled,
			PriceTicks: price, QuantityLots: 10}
	}
	messages := []workload.Message{
		place(1, book.Sell, 100), place(2, book.Sell, 101),
		place(1, book.Sell, 102), // the id is open
		{Kind: workload.Place, Order: order(3), Side: book.Buy, TimeInForce: book.ImmediateOrCancel, PriceTicks: 100, QuantityLots: 4},
		{Kind: workload.Cancel, Order: order(9)},                                        // not there
		{Kind: workload.Cancel, Order: order(1), Account: 1},                            // another's
		{Kind: workload.Replace, Order: order(9), NewOrder: order(10)},                  // not there
		{Kind: workload.Replace, Order: order(1), NewOrder: order(10), Account: 1},      // another's
		{Kind: workload.Replace, Order: order(1), NewOrder: order(2), PriceTicks: 99},   // the new id is open
		{Kind: workload.Replace, Order: order(1), NewOrder: order(10), QuantityLots: 4}, // as many have traded
		{Kind: workload.Replace, Order: order(1), NewOrder: order(10), QuantityLots: 5}, // keeps its place
		place(4, book.Buy, 90),
		{Kind: workload.Replace, Order: order(4), NewOrder: order(5), PriceTicks: 101}, // trades
	}
	for _, m := range Makers[1:] {
		first, other := Makers[0].New(), m.New()
		for at := range messages {
			want, got := first.Apply(&messages[at], nil), other.Apply(&messages[at], nil)
			if !slices.Equal(want, got) {
				t.Errorf("message %d: %s says %+v, %s %+v", at, Makers[0].Name, want, m.Name, got)
			}
		}
	}
}
