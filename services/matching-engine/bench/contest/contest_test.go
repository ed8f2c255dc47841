package contest

import (
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
