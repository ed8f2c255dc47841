package engine

import (
	"math/rand/v2"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/differential"
	"daytrading/matching-engine/internal/sequencer"
)

const recordHeaderBytes = 40 // of the journal

// TestNoCallTakesMoreOfTheJournalThanItsBound: over random streams of all kinds of commands, in calls of any size.
func TestNoCallTakesMoreOfTheJournalThanItsBound(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	nearest := 0.0
	for range 100 {
		content := make([]byte, 2000)
		for i := range content {
			content[i] = byte(random.Uint32())
		}
		stream, log := differential.NewStream(content), differential.NewLog()
		d := decider{Engine: &Engine{sequencer: log.Sequencer}}
		for more := true; more; {
			var steps []differential.Step
			call := &Call{}
			for range 1 + random.IntN(4) {
				var step differential.Step
				if step, more = stream.Next(); !more {
					break
				}
				c, err := command.Decode([]byte(step.Command))
				if err != nil {
					t.Fatal(err)
				}
				steps, call.Commands = append(steps, step), append(call.Commands, c)
			}
			if len(steps) == 0 {
				break
			}
			due := log.Sequencer.Due(steps[len(steps)-1].StampNS + int64(len(steps)))
			bound := ownBytes(call) + LeavingBytes*d.leaving(call, due)
			before := len(log.Records)
			for _, step := range steps {
				if _, err := log.Submit(step); err != nil {
					t.Fatal(err)
				}
			}
			taken := 0
			for _, r := range log.Records[before:] {
				taken += recordHeaderBytes + len(r.Command) + len(r.Events)
			}
			if int64(taken) > bound {
				t.Fatalf("a call of %d commands takes %d bytes, and its bound is %d: %+v", len(steps), taken, bound, steps)
			}
			nearest = max(nearest, float64(taken)/float64(bound))
		}
	}
	if nearest < 0.1 {
		t.Fatalf("no call came near its bound: at most %.2f of it", nearest)
	}
}

// TestTheBoundCountsWhatACallCanReach: the shapes that the streams seldom hold.
func TestTheBoundCountsWhatACallCanReach(t *testing.T) {
	e := start(t, t.TempDir(), NewSystemClock())
	place := func(n byte, quantity, display int64) command.Command {
		c := placeX(n, e.Log().State().JournalTimeNS+1e10)
		c.Order.QuantityLots, c.Order.DisplayLots = quantity, display
		return c
	}
	e.must(listX(), place(1, 10, 1), place(2, 1, 0))
	replace := func(order byte, quantity int64) command.Command {
		c := command.Command{Kind: command.Replace}
		c.Order.ID, c.Order.QuantityLots = book.ID{3, order}, quantity
		return c
	}
	cancel := command.Command{Kind: command.Cancel}
	open := int64(11) // ten showings, and an order
	for name, c := range map[string]struct {
		commands []command.Command
		due      bool
		want     int64
	}{
		"a cancel, with its partner":            {commands: []command.Command{cancel}, want: 2},
		"a cancel behind an expiry":             {commands: []command.Command{cancel}, due: true, want: open + 2},
		"all of an account":                     {commands: []command.Command{{Kind: command.CancelAll}}, want: open},
		"a session's end":                       {commands: []command.Command{{Kind: command.EndSession}}, want: open},
		"nothing that leaves":                   {commands: []command.Command{{Kind: command.HaltSymbol}}},
		"an order":                              {commands: []command.Command{place(3, 7, 0)}, want: open + 1},
		"an iceberg":                            {commands: []command.Command{place(3, 7, 2)}, want: open + 4},
		"a pair":                                {commands: []command.Command{{Kind: command.PlacePair}}, want: open + 2},
		"an iceberg made larger":                {commands: []command.Command{replace(1, 20)}, want: open + 21},
		"an order made larger":                  {commands: []command.Command{replace(2, 20)}, want: open + 2},
		"an order that is gone":                 {commands: []command.Command{replace(9, 20)}, want: open + 2},
		"an iceberg that the call itself names": {commands: []command.Command{place(3, 7, 7), replace(3, 7000)}, want: open + 1 + 2 + book.MaxShowings},
	} {
		got := look(e, func(_ *sequencer.Sequencer) int64 {
			d := decider{Engine: e.Engine}
			return d.leaving(&Call{Commands: c.commands}, c.due)
		})
		if got != c.want {
			t.Errorf("%s: %d may leave, want %d", name, got, c.want)
		}
	}
}

func TestANeedIsRoundedUpByAnEighthAtMost(t *testing.T) {
	for bytes := int64(1); bytes < 1<<31; bytes = bytes*9/8 + 1 {
		if r := rounded(bytes); r < bytes || r > bytes+bytes/8 || rounded(r) != r {
			t.Fatalf("%d is rounded to %d", bytes, r)
		}
	}
}
