// Package eventlog is what readers see of the log: durable events only, the recent ones from memory, older
// ones from the journal. It wakes who waits for more.
package eventlog

import (
	"bytes"
	"context"
	"strconv"
	"sync"
)

// Archive reads events that memory no longer holds.
type Archive interface {
	ReadEvents(after uint64, limit, maxBytes int) ([][]byte, error)
}

// Limits of the memory: whichever is reached first.
const (
	maxRecentEvents = 1 << 16
	maxRecentBytes  = 64 << 20
)

// State is the log's end and what the books hold there: one moment, durable.
type State struct {
	LastSequence  uint64
	JournalTimeNS int64
	Symbols       int
	OpenOrders    int
}

// Log is safe for concurrent use.
type Log struct {
	LogID   string
	archive Archive

	mutex   sync.RWMutex
	state   State
	recent  [][]byte // a ring: the event with sequence s is at s % maxRecentEvents
	oldest  uint64   // the first sequence in memory
	bytes   int
	changed chan struct{} // closed when more was committed
}

// New makes a log that ends where the journal does.
func New(logID string, archive Archive, state State) *Log {
	return &Log{
		LogID: logID, archive: archive, state: state, recent: make([][]byte, maxRecentEvents),
		oldest: state.LastSequence + 1, changed: make(chan struct{}),
	}
}

// Commit shows durable events to readers. They follow the last ones without a gap.
func (l *Log) Commit(events [][]byte, state State) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	next := l.state.LastSequence + 1
	for _, event := range events {
		slot := next % maxRecentEvents
		if next-l.oldest == maxRecentEvents {
			l.dropOldest()
		}
		l.recent[slot] = event
		l.bytes += len(event)
		next++
	}
	for l.bytes > maxRecentBytes && l.oldest < next {
		l.dropOldest()
	}
	l.state = state
	if len(events) > 0 {
		close(l.changed)
		l.changed = make(chan struct{})
	}
}

func (l *Log) dropOldest() {
	slot := l.oldest % maxRecentEvents
	l.bytes -= len(l.recent[slot])
	l.recent[slot] = nil
	l.oldest++
}

// State is the log's end now.
func (l *Log) State() State {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	return l.state
}

// Page is a run of events without a gap.
type Page struct {
	LastSequence  uint64 // of the log, when the page was made
	JournalTimeNS int64  // every event up to this time lies at or before the page's end
	Events        [][]byte
}

// Read returns the events after a sequence: at most limit, and at most maxBytes unless one alone is more.
func (l *Log) Read(after uint64, limit, maxBytes int) (Page, error) {
	l.mutex.RLock()
	page := Page{LastSequence: l.state.LastSequence, JournalTimeNS: l.state.JournalTimeNS}
	inMemory := after+1 >= l.oldest
	if inMemory {
		page.Events = l.copyRecent(after, limit, maxBytes)
	}
	l.mutex.RUnlock()
	if !inMemory {
		events, err := l.archive.ReadEvents(after, limit, maxBytes)
		if err != nil {
			return Page{}, err
		}
		// The journal may have grown past the moment of this page, and not all of that is committed here.
		if most := page.LastSequence - after; uint64(len(events)) > most {
			events = events[:most]
		}
		page.Events = events
	}
	if n := len(page.Events); after+uint64(n) < page.LastSequence {
		// Events of one command share a stamp, and the page may have cut between them.
		page.JournalTimeNS = stamp(page.Events[n-1]) - 1
	}
	return page, nil
}

// stamp is the time of an event, read from its second member.
func stamp(event []byte) int64 {
	_, rest, _ := bytes.Cut(event, []byte(`"time_ns":`))
	digits, _, _ := bytes.Cut(rest, []byte{','})
	nanoseconds, _ := strconv.ParseInt(string(digits), 10, 64)
	return nanoseconds
}

func (l *Log) copyRecent(after uint64, limit, maxBytes int) [][]byte {
	if after >= l.state.LastSequence {
		return nil
	}
	count := min(uint64(limit), l.state.LastSequence-after)
	events := make([][]byte, 0, count)
	bytes := 0
	for sequence := after + 1; sequence <= after+count; sequence++ {
		event := l.recent[sequence%maxRecentEvents]
		if bytes += len(event); len(events) > 0 && bytes > maxBytes {
			break
		}
		events = append(events, event)
	}
	return events
}

// Wait returns once the log goes beyond a sequence, or when the context is done.
func (l *Log) Wait(ctx context.Context, after uint64) error {
	for {
		l.mutex.RLock()
		last, changed := l.state.LastSequence, l.changed
		l.mutex.RUnlock()
		if last > after {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
