package eventlog

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

type archive [][]byte

func (a *archive) ReadEvents(after uint64, limit, _ int) ([][]byte, error) {
	return (*a)[after:min(after+uint64(limit), uint64(len(*a)))], nil
}

func made(n int) []byte {
	return fmt.Appendf(nil, `{"sequence":%d,"time_ns":%d,"kind":"tick","data":{}}`, n, n*10)
}

func TestPagesJoinMemoryAndArchiveWithoutAGap(t *testing.T) {
	all := &archive{}
	l := New("id", all, State{})
	for n := 1; n <= maxRecentEvents+500; {
		var group [][]byte
		for range 250 {
			group = append(group, made(n))
			n++
		}
		*all = append(*all, group...)
		l.Commit(group, State{LastSequence: uint64(n - 1), JournalTimeNS: int64(n-1) * 10})
	}
	last := l.State().LastSequence
	for after := uint64(0); after < last; {
		page, err := l.Read(after, 999, 1<<20)
		if err != nil || len(page.Events) == 0 {
			t.Fatalf("after %d: %v", after, err)
		}
		for _, e := range page.Events {
			if after++; string(e) != string(made(int(after))) {
				t.Fatalf("%s at %d", e, after)
			}
		}
		want := int64(after)*10 - 1
		if after == last {
			want++
		}
		if page.JournalTimeNS != want {
			t.Fatalf("the page that ends at %d says it is complete to %d, want %d", after, page.JournalTimeNS, want)
		}
	}
	if l.oldest == 1 {
		t.Fatal("memory is not bounded")
	}
	if page, _ := l.Read(last+5, 10, 100); len(page.Events) != 0 || page.LastSequence != last {
		t.Fatalf("%+v", page)
	}
}

func TestMemoryIsBoundedInBytesToo(t *testing.T) {
	l := New("id", &archive{}, State{})
	large := make([]byte, maxRecentBytes/4)
	for n := range uint64(10) {
		l.Commit([][]byte{large}, State{LastSequence: n + 1})
	}
	if l.bytes > maxRecentBytes || l.oldest != 7 {
		t.Fatalf("%d bytes, oldest %d", l.bytes, l.oldest)
	}
}

func TestWaitEndsWithTheCommitOrTheContext(t *testing.T) {
	l := New("id", &archive{}, State{LastSequence: 5})
	woken := make(chan error)
	go func() { woken <- l.Wait(context.Background(), 5) }()
	l.Commit([][]byte{made(6)}, State{LastSequence: 6})
	if err := <-woken; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := l.Wait(ctx, 6); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}
