package event_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/sequencer"
)

// goldenRecords are what the contract's golden commands become.
func goldenRecords(t testing.TB) (records []event.Record) {
	t.Helper()
	content, err := os.ReadFile("../../../../contracts/engine/golden/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Commands []struct {
			StampNS int64 `json:"stamp_ns"`
			Command json.RawMessage
		}
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	s := sequencer.New(book.Limits{})
	for _, one := range file.Commands {
		c, err := command.Decode(one.Command)
		if err != nil {
			t.Fatal(err)
		}
		d, events := s.Apply(&c, one.StampNS, nil)
		records = append(records, event.Record{
			StampNS: one.StampNS, FirstSequence: d.First, Count: int(d.Last + 1 - d.First),
			Command: command.AppendBinary(nil, &c), Events: events,
		})
	}
	return records
}

func TestAPageOfARecordIsWhatItIsInTheWhole(t *testing.T) {
	var r event.Renderer
	most := 0
	for _, record := range goldenRecords(t) {
		whole, ends, err := r.AppendJSON(nil, nil, record, 0, record.Count)
		if err != nil || len(ends) != record.Count {
			t.Fatalf("%d of %d events: %v", len(ends), record.Count, err)
		}
		most = max(most, record.Count)
		for skip := range record.Count {
			page, pageEnds, err := r.AppendJSON([]byte("before"), nil, record, skip, 2)
			from, count := 0, min(2, record.Count-skip)
			if skip > 0 {
				from = ends[skip-1]
			}
			want := append([]byte("before"), whole[from:ends[skip+count-1]]...)
			if err != nil || len(pageEnds) != count || !bytes.Equal(page, want) {
				t.Fatalf("from event %d on: %s, want %s: %v", skip, page, want, err)
			}
		}
	}
	if most < 5 {
		t.Fatal("no record has more than a few events")
	}
}

func TestRecordsThatAreCutShortAreErrors(t *testing.T) {
	var r event.Renderer
	for _, record := range goldenRecords(t) {
		cut := record
		for end := range record.Events {
			cut.Events = record.Events[:end]
			if _, _, err := r.AppendJSON(nil, nil, cut, 0, record.Count); err == nil {
				t.Fatalf("the events at sequence %d are read from %d of %d bytes", record.FirstSequence, end, len(record.Events))
			}
		}
	}
}

func TestEveryNameIsThere(t *testing.T) {
	for kind := book.Listed; kind <= event.Tick; kind++ {
		if event.KindName(kind) == "" {
			t.Errorf("kind %d has no name", kind)
		}
	}
	for reason := book.AlreadyListed; reason <= book.TooManyLevels; reason++ {
		if event.ReasonName(reason) == "" {
			t.Errorf("reason %d has no name", reason)
		}
	}
}

// FuzzAppendJSON: whatever the bytes are, they are an error or JSON.
func FuzzAppendJSON(f *testing.F) {
	for _, record := range goldenRecords(f) {
		f.Add(record.Command, record.Events, record.Count)
	}
	var r event.Renderer
	f.Fuzz(func(t *testing.T, c, events []byte, count int) {
		record := event.Record{StampNS: 1, FirstSequence: 1, Count: min(count, 100), Command: c, Events: events}
		text, ends, err := r.AppendJSON(nil, nil, record, 0, 100)
		var checked command.Command
		if err != nil || command.DecodeBinary(&checked, c) != nil {
			return // the texts of a command in the journal were checked when it came
		}
		start := 0
		for _, end := range ends {
			if !json.Valid(text[start:end]) {
				t.Fatalf("not JSON: %s", text[start:end])
			}
			start = end
		}
	})
}

// What one order that leaves can cause, at the ends of the numbers: a triggered stop that trades with a stranger, and
// whose partner and whose maker's partner are reduced. So many of these fit into the longest record of a journal.
func TestTheLongestRecordFitsIntoTheJournal(t *testing.T) {
	const most = command.MaxNumber
	books := book.New(book.Limits{Symbols: 1})
	books.List("0123456789ABCDEF0123456789ABCDEF", nil)
	encoder := event.NewEncoder(books)
	encoder.Begin(&command.Command{Kind: command.Tick}, 0)
	var events []byte
	for i, e := range []book.Event{
		{Kind: book.Triggered, PriceTicks: most},
		{Kind: book.Traded, PriceTicks: most, QuantityLots: most, RemainingLots: most, TakerRemainingLots: most},
		{Kind: book.Reduced, QuantityLots: most, RemainingLots: most},
		{Kind: book.Reduced, QuantityLots: most, RemainingLots: most},
	} {
		e.Order, e.Other = book.ID{0: 1, 15: byte(i)}, book.ID{0: 2}
		events = encoder.Append(events, &e)
	}
	if longest := len(events) * sequencer.MostOpenOrders; longest > 1<<30-command.MaxCallBytes {
		t.Errorf("%d bytes an order make a record of %d", len(events), longest)
	} else if len(events) < 100 {
		t.Errorf("%d bytes: these are not the longest events", len(events))
	}
}
