package eventlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog/eventlogtest"
	"daytrading/matching-engine/internal/journal"
)

// stateAt is the end of a log whose last group is g.
func stateAt(g *journal.Group) State {
	return State{LastSequence: g.LastSequence(), JournalTimeNS: g.LastStampNS()}
}

var numbers uint32

func id(kind byte) book.ID {
	numbers++
	return book.ID{kind, byte(numbers >> 16), byte(numbers >> 8), byte(numbers)}
}

func place(side book.Side, lots int64) command.Command {
	return command.Command{
		ID: id(1), Kind: command.Place, ExpiresAtNS: 1 << 40, Symbol: []byte("X"), ClientOrderID: []byte("c"), Terms: []byte("{}"),
		Order: book.Order{ID: id(2), Account: id(3), Side: side, Type: book.Limit, TimeInForce: book.Day, LimitPriceTicks: 5, QuantityLots: lots},
	}
}

type shown struct {
	Sequence uint64
	TimeNS   int64 `json:"time_ns"`
	Kind     string
}

func events(t *testing.T, page *Page) (all []shown) {
	t.Helper()
	if err := json.Unmarshal(page.AppendArray(nil), &all); err != nil {
		t.Fatalf("%s: %v", page.JSON, err)
	}
	return all
}

// TestPagesJoinMemoryAndArchiveWithoutAGap reads a log page by page, of which memory holds the end only.
func TestPagesJoinMemoryAndArchiveWithoutAGap(t *testing.T) {
	s := eventlogtest.New(t)
	list := command.Command{ID: id(1), Kind: command.ListSymbol, Symbol: []byte("X")}
	l := New(s, State{})
	commit := func(commands ...command.Command) {
		g := s.Group(commands...)
		l.Commit(g, stateAt(g))
	}
	commit(list)
	for range 30 {
		commit(append(eventlogtest.Ticks(3), place(book.Sell, 1), place(book.Sell, 1), place(book.Buy, 2))...)
	}
	l.recent = l.recent[20:] // as if they were more than it keeps
	last := l.State().LastSequence
	for _, limit := range []int{1, 2, 7, 1000} {
		previous := int64(0)
		for after := uint64(0); after < last; {
			page, err := l.Read(after, limit, 1<<20)
			if err != nil || len(page.Ends) == 0 || len(page.Ends) > limit {
				t.Fatalf("after %d: %d events, %v", after, len(page.Ends), err)
			}
			stamp := int64(0)
			for _, e := range events(t, &page) {
				if after++; e.Sequence != after || e.TimeNS <= 0 || e.TimeNS < previous {
					t.Fatalf("%+v at %d", e, after)
				}
				stamp, previous = e.TimeNS, e.TimeNS
			}
			if page.JournalTimeNS != stamp && page.JournalTimeNS != stamp-1 || after == last && page.JournalTimeNS != stamp {
				t.Fatalf("the page that ends at %d, stamped %d, says it is complete to %d", after, stamp, page.JournalTimeNS)
			}
		}
	}
	if page, err := l.Read(last+5, 10, 100); err != nil || len(page.Ends) != 0 || page.LastSequence != last {
		t.Fatalf("%+v %v", page, err)
	}
}

// TestAPageThatCutsACommandIsNotCompleteToItsStamp: the events of one command share it.
func TestAPageThatCutsACommandIsNotCompleteToItsStamp(t *testing.T) {
	s := eventlogtest.New(t)
	list := command.Command{ID: id(1), Kind: command.ListSymbol, Symbol: []byte("X")}
	g := s.Group(list, place(book.Sell, 1), place(book.Buy, 1), place(book.Buy, 1)) // 1 | 2 | 3, 4 | 5
	l := New(s, State{})
	l.Commit(g, stateAt(g))
	for limit, want := range map[int]int64{1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4} {
		page, err := l.Read(0, limit, 1<<20)
		if err != nil || len(page.Ends) != min(limit, 5) || page.JournalTimeNS != want {
			t.Errorf("%d events are complete to %d, want %d: %v", len(page.Ends), page.JournalTimeNS, want, err)
		}
	}
	one, _ := l.Read(1, 1, 1<<20)
	page, err := l.Read(1, 10, len(one.JSON)+1) // bytes end a page, too, but never before its first event
	if err != nil || len(page.Ends) != 1 || page.JournalTimeNS != 2 {
		t.Fatalf("%+v %v", page, err)
	}
	if page, err := l.Read(1, 10, 1); err != nil || len(page.Ends) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
}

func TestDeletedEventsAreAnErrorOfTheirOwn(t *testing.T) {
	s := eventlogtest.New(t)
	l := New(s, stateAt(s.Group(eventlogtest.Ticks(5)...)))
	s.Delete(3)
	if _, err := l.Read(2, 10, 1<<20); !errors.Is(err, journal.ErrDeleted) {
		t.Fatal(err)
	}
	page, err := l.Read(3, 10, 1<<20)
	if err != nil || len(page.Ends) != 2 || page.FirstSequence != 4 {
		t.Fatalf("%+v %v", page, err)
	}
}

func TestMemoryIsBoundedAndTheNewestGroupStays(t *testing.T) {
	s := eventlogtest.New(t)
	l := New(s, State{})
	l.limit = 1 << 16
	s.Group(command.Command{ID: id(1), Kind: command.ListSymbol, Symbol: []byte("X")})
	terms := fmt.Appendf(nil, `{"x":%q}`, strings.Repeat("x", l.limit/4))
	for range 10 {
		large := place(book.Buy, 1)
		large.Terms = terms
		g := s.Group(large)
		l.Commit(g, stateAt(g))
	}
	if l.bytes > l.limit || len(l.recent) != 3 || l.recent[2].LastSequence() != l.State().LastSequence {
		t.Fatalf("%d bytes in %d groups", l.bytes, len(l.recent))
	}
	sum := 0
	for _, g := range l.recent {
		sum += g.Bytes()
	}
	if sum != l.bytes {
		t.Fatalf("%d bytes are counted, %d are there", l.bytes, sum)
	}
}

func TestWaitEndsWithTheCommitOrTheContext(t *testing.T) {
	s := eventlogtest.New(t)
	g := s.Group(eventlogtest.Ticks(1)...)
	l := New(s, State{})
	woken := make(chan error)
	go func() { woken <- l.Wait(context.Background(), 0) }()
	l.Commit(g, stateAt(g))
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := l.Wait(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

// BenchmarkPage renders 1,000 recent events: what one reader of all costs for each.
func BenchmarkPage(b *testing.B) {
	s := eventlogtest.New(b)
	l := New(s, State{})
	g := s.Group(command.Command{ID: id(1), Kind: command.ListSymbol, Symbol: []byte("X")})
	l.Commit(g, stateAt(g))
	for range 10 {
		var commands []command.Command
		for range 50 {
			commands = append(commands, place(book.Sell, 1), place(book.Buy, 1))
		}
		g := s.Group(commands...)
		l.Commit(g, stateAt(g))
	}
	for b.Loop() {
		page, err := l.Read(1, 1000, 1<<20)
		if err != nil || len(page.Ends) != 1000 {
			b.Fatal(len(page.Ends), err)
		}
		b.SetBytes(int64(len(page.JSON)))
	}
}
