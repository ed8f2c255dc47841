package sequencer

import (
	"bytes"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/event"
)

// addAll gives the first error of adding records and of finishing.
func addAll(p *Replayer, records []event.Record) error {
	for i := range records {
		if err := p.Add(records[i]); err != nil {
			return err
		}
	}
	return p.Finish()
}

// TestAContradictionIsFoundWhereverItLies: in a window that is replayed while the next is read, at its ends, and in the last.
func TestAContradictionIsFoundWhereverItLies(t *testing.T) {
	records := newStream(21).run(New(book.Limits{}), 3*windowRecords)
	if len(records) < 2*windowRecords+2 {
		t.Fatalf("%d records are too few", len(records))
	}
	for _, at := range []int{0, aheadOfBooks, windowRecords - 1, windowRecords, 2*windowRecords - 1, 2 * windowRecords, len(records) - 1} {
		changed := append([]event.Record{}, records...)
		changed[at].StampNS = 0
		if err := addAll(NewReplayer(New(book.Limits{})), changed); err == nil {
			t.Errorf("record %d: its stamp is not after the one before, and nobody says so", at)
		}
		changed = append([]event.Record{}, records...)
		changed[at].Events = append(bytes.Clone(changed[at].Events), 0)
		if err := addAll(NewReplayer(New(book.Limits{})), changed); err == nil {
			t.Errorf("record %d: it holds other events, and nobody says so", at)
		}
	}
	changed := append([]event.Record{}, records...)
	changed[windowRecords].Command = changed[windowRecords].Command[:1]
	if err := addAll(NewReplayer(New(book.Limits{})), changed); err == nil || !strings.Contains(err.Error(), "journalled command") {
		t.Errorf("a command that is cut: %v", err)
	}
}

// TestAReplayerGoesOnAfterFinish, and keeps copies: who gives it records may use their memory again.
func TestAReplayerGoesOnAfterFinish(t *testing.T) {
	want := New(book.Limits{})
	records := newStream(22).run(want, 3*windowRecords)
	s := New(book.Limits{})
	p := NewReplayer(s)
	var memory []byte
	for i, r := range records {
		memory = append(append(memory[:0], r.Command...), r.Events...)
		r.Command, r.Events = memory[:len(r.Command):len(r.Command)], memory[len(r.Command):]
		if err := p.Add(r); err != nil {
			t.Fatal(err)
		}
		clear(memory)
		if i%(windowRecords+7) == 0 {
			if err := p.Finish(); err != nil {
				t.Fatal(err)
			}
			if s.LastSequence() != r.FirstSequence+uint64(r.Count)-1 {
				t.Fatalf("finished at sequence %d", s.LastSequence())
			}
		}
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.AppendSnapshot(nil), want.AppendSnapshot(nil)) {
		t.Fatal("it comes to another state")
	}
}
