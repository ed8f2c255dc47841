package workload

import (
	"slices"
	"testing"

	"daytrading/matching-engine/bench/textbook"
	"daytrading/matching-engine/internal/book"
)

func TestTheSameSeedMakesTheSameMessages(t *testing.T) {
	for _, name := range Names {
		a, b, other := Generate(name, Quick, 1), Generate(name, Quick, 1), Generate(name, Quick, 2)
		if !slices.Equal(a.Setup, b.Setup) || !slices.Equal(a.Messages, b.Messages) {
			t.Errorf("%s: one seed, two streams", name)
		}
		if slices.Equal(a.Messages, other.Messages) {
			t.Errorf("%s: the seed changes nothing", name)
		}
	}
}

// What each workload promises to be made of, in thousandths of its messages, and the trades per thousand messages.
var promises = map[string]struct{ place, cancel, replace, trades [2]int }{
	"realistic": {place: [2]int{470, 530}, cancel: [2]int{420, 480}, replace: [2]int{40, 60}, trades: [2]int{30, 300}},
	"deep":      {place: [2]int{480, 520}, cancel: [2]int{480, 520}},
	"sweeps":    {place: [2]int{1000, 1000}, trades: [2]int{950, 1000}},
	"hot":       {place: [2]int{480, 520}, cancel: [2]int{480, 520}},
	"drift":     {place: [2]int{400, 600}, cancel: [2]int{350, 550}, replace: [2]int{30, 70}, trades: [2]int{20, 300}},
}

func TestAWorkloadIsMadeOfWhatItPromises(t *testing.T) {
	for _, name := range Names {
		w := Generate(name, Quick, 1)
		counts, trades, resting, refused := replay(w)
		promise := promises[name]
		check := func(what string, count int, between [2]int) {
			if share := count * 1000 / len(w.Messages); share < between[0] || share > between[1] {
				t.Errorf("%s: %d in a thousand are %s, not %d to %d", name, share, what, between[0], between[1])
			}
		}
		check("places", counts[Place], promise.place)
		check("cancels", counts[Cancel], promise.cancel)
		check("replacements", counts[Replace], promise.replace)
		check("trades", trades, promise.trades)
		if refused != 0 {
			t.Errorf("%s: %d messages aim at what is not there", name, refused)
		}
		if before := len(w.Setup); resting < before*8/10 || resting > before*12/10 {
			t.Errorf("%s: %d orders rest at the end, %d were placed at the start", name, resting, before)
		}
	}
}

func replay(w Workload) (counts map[Kind]int, trades, resting, refused int) {
	model, counts := textbook.New(0), map[Kind]int{}
	var events []book.Event
	apply := func(m *Message) {
		account := Accounts[m.Account]
		switch m.Kind {
		case Place:
			events = model.Place(&book.Order{ID: m.Order, Account: account, Side: m.Side, TimeInForce: m.TimeInForce,
				LimitPriceTicks: m.PriceTicks, QuantityLots: m.QuantityLots}, events[:0])
		case Cancel:
			events = model.Cancel(m.Order, account, events[:0])
		case Replace:
			events = model.Replace(&book.Replacement{OrderID: m.Order, NewID: m.NewOrder, Account: account,
				LimitPriceTicks: m.PriceTicks, QuantityLots: m.QuantityLots}, events[:0])
		}
	}
	for i := range w.Setup {
		apply(&w.Setup[i])
	}
	for i := range w.Messages {
		apply(&w.Messages[i])
		counts[w.Messages[i].Kind]++
		for _, e := range events {
			switch e.Kind {
			case book.Traded:
				trades++
			case book.Rejected, book.CancelRejected, book.ReplaceRejected:
				refused++
			}
		}
	}
	return counts, trades, model.Open(), refused
}

func TestAStreamGoesOnWhereItStopped(t *testing.T) {
	whole, parts := NewStream(7), NewStream(7)
	want := slices.Clone(whole.Next(1))
	got := slices.Clone(parts.Next(1))
	want = append(want, whole.Next(3000)...)
	for range 3 {
		got = append(got, parts.Next(1000)...)
	}
	if !slices.Equal(want[:len(got)], got) && !slices.Equal(want, got[:len(want)]) {
		t.Error("a stream read in parts is another one")
	}
}
