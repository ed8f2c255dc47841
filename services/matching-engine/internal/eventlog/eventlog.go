// Package eventlog is what readers see of the log: durable events only. It keeps the records of the last groups as
// they lie in the journal, reads older ones from there, and renders their events as JSON when somebody asks: the
// writer spends nothing on that. Rendering takes a microsecond or two an event and reader (BenchmarkPage), so pages
// are not kept. It wakes who waits for more.
package eventlog

import (
	"context"
	"iter"
	"slices"
	"sync"

	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/journal"
)

// maxRecentBytes bounds the records in memory; the newest group stays, whatever its size.
const maxRecentBytes = 64 << 20

// usualEventBytes is more than most events take as JSON.
const usualEventBytes = 448

// Archive is the durable log: a journal.
type Archive interface {
	LogID() string
	FirstSequence() uint64
	Records(after uint64) iter.Seq2[journal.Record, error]
}

// State is the log's end and what the books hold there: one moment, durable.
type State struct {
	LastSequence  uint64
	JournalTimeNS int64
	Symbols       int
	OpenOrders    int
	Showings      int // of these; what the limits count
	Levels        int // prices at which orders rest or stops wait
	Remembered    int // command ids
}

// Log is safe for concurrent use.
type Log struct {
	LogID   string
	archive Archive
	limit   int // of bytes; maxRecentBytes but for tests

	mutex   sync.RWMutex
	state   State
	recent  []*journal.Group // in order, without a gap up to the log's end; never changed
	bytes   int              // of these
	changed chan struct{}    // closed when more was committed
}

// New makes a log that ends where the archive does.
func New(archive Archive, state State) *Log {
	return &Log{LogID: archive.LogID(), archive: archive, limit: maxRecentBytes, state: state, changed: make(chan struct{})}
}

// Commit shows a durable group to readers. It follows the last one without a gap, and must not change any more.
func (l *Log) Commit(g *journal.Group, state State) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.recent = append(l.recent, g)
	l.bytes += g.Bytes()
	drop := 0
	for l.bytes > l.limit && drop < len(l.recent)-1 {
		l.bytes -= l.recent[drop].Bytes()
		l.recent[drop] = nil
		drop++
	}
	l.recent = l.recent[drop:]
	l.state = state
	close(l.changed)
	l.changed = make(chan struct{})
}

// State is the log's end now.
func (l *Log) State() State {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	return l.state
}

// FirstSequence is the sequence of the oldest event that is still there; one more than the last when the log is empty.
func (l *Log) FirstSequence() uint64 { return l.archive.FirstSequence() }

// Page is a run of events without a gap.
type Page struct {
	FirstSequence uint64 // of the log, when the page was made
	LastSequence  uint64 // of the log, when the page was made
	JournalTimeNS int64  // every event up to this time lies at or before the page's end
	JSON          []byte // the events, one behind the other
	Ends          []int  // where in JSON each of them ends
}

// Events are views of the page's events.
func (p *Page) Events() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start := 0
		for _, end := range p.Ends {
			if !yield(p.JSON[start:end:end]) {
				return
			}
			start = end
		}
	}
}

// AppendArray appends the page's events as a JSON array.
func (p *Page) AppendArray(to []byte) []byte {
	to = append(to, '[')
	for event := range p.Events() {
		to = append(append(to, event...), ',')
	}
	if len(p.Ends) > 0 {
		to = to[:len(to)-1]
	}
	return append(to, ']')
}

// Read returns the events after a sequence: at most limit, and at most maxBytes unless one alone is more. It fails
// with journal.ErrDeleted when the first of them is no longer kept.
func (l *Log) Read(after uint64, limit, maxBytes int) (Page, error) {
	l.mutex.RLock()
	state, records := l.state, l.recentAfter(after, uint64(limit))
	l.mutex.RUnlock()
	page := Page{FirstSequence: l.archive.FirstSequence(), LastSequence: state.LastSequence, JournalTimeNS: state.JournalTimeNS}
	switch {
	case after >= state.LastSequence:
		return page, nil
	case after+1 < page.FirstSequence: // even where memory still holds it: what is told does not depend on that
		return Page{}, journal.ErrDeleted
	}
	if records == nil {
		records = l.archive.Records(after)
	}
	events := int(min(uint64(limit), state.LastSequence-after))
	page.JSON, page.Ends = make([]byte, 0, min(events*usualEventBytes, maxBytes)), make([]int, 0, events)
	w := writer{page: &page, after: after, end: state.JournalTimeNS, limit: limit, maxBytes: maxBytes}
	for record, err := range records {
		if err != nil {
			return Page{}, err
		}
		// The journal may have grown past the moment of this page, and not all of that is committed here.
		if record.FirstSequence > state.LastSequence {
			break
		}
		more, err := w.add(record)
		if err != nil {
			return Page{}, err
		}
		if !more {
			break
		}
	}
	return page, nil
}

// recentAfter are the records in memory from the one that holds the event after a sequence on, enough of them for so
// many events; nil when the first is not in memory. They stay as they are however the log goes on.
func (l *Log) recentAfter(after, events uint64) iter.Seq2[journal.Record, error] {
	if len(l.recent) == 0 || after+1 < l.recent[0].FirstSequence() {
		return nil
	}
	groups := slices.Clone(l.recent[l.holds(after+1):min(len(l.recent), l.holds(after+events)+1)])
	return func(yield func(journal.Record, error) bool) {
		for _, g := range groups {
			for record := range g.Records() {
				if record.LastSequence() > after && !yield(record, nil) {
					return
				}
			}
		}
	}
}

// holds is the index of the group in memory that holds a sequence; behind the last one when that is not there yet.
func (l *Log) holds(sequence uint64) int {
	at, _ := slices.BinarySearchFunc(l.recent, sequence, func(g *journal.Group, sequence uint64) int {
		switch {
		case g.LastSequence() < sequence:
			return -1
		case g.FirstSequence() > sequence:
			return 1
		}
		return 0
	})
	return at
}

// writer renders records into a page until that is full.
type writer struct {
	renderer event.Renderer
	page     *Page
	after    uint64 // the next event's sequence is one more
	end      int64  // journal time of the log's end
	limit    int
	maxBytes int
}

func (w *writer) add(record journal.Record) (more bool, err error) {
	p := w.page
	skip := int(w.after + 1 - record.FirstSequence)
	before := len(p.Ends)
	p.JSON, p.Ends, err = w.renderer.AppendJSON(p.JSON, p.Ends, event.Record(record), skip, w.limit-before)
	if err != nil {
		return false, err
	}
	for n := len(p.Ends); n > 1 && p.Ends[n-1] > w.maxBytes; n-- {
		p.Ends, p.JSON = p.Ends[:n-1], p.JSON[:p.Ends[n-2]]
	}
	w.after += uint64(len(p.Ends) - before)
	switch {
	case w.after == p.LastSequence:
		p.JournalTimeNS = w.end
		return false, nil
	case w.after == record.LastSequence():
		p.JournalTimeNS = record.StampNS
	case w.after >= record.FirstSequence: // some of the record's events are missing, and all share its stamp
		p.JournalTimeNS = record.StampNS - 1
	}
	return w.after == record.LastSequence() && len(p.Ends) < w.limit, nil
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
