// Package eventlogtest makes logs of real records for tests of what reads them.
package eventlogtest

import (
	"fmt"
	"iter"
	"sync"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// LogID is the identity of every source.
const LogID = "0af76519-16cd-43dd-8448-eb211c80319c"

// Source decides commands, one nanosecond after the other, into groups, and is the archive of all of them. It is safe
// for concurrent use.
type Source struct {
	t         testing.TB
	mutex     sync.Mutex
	sequencer *sequencer.Sequencer
	groups    []*journal.Group
	deleted   uint64
}

// New makes an empty log.
func New(t testing.TB) *Source {
	limits := book.Limits{OpenOrders: 1 << 20, OpenOrdersPerAccount: 1 << 20, LevelsPerSide: 10, Symbols: 10, TradesPerOrder: 1000}
	return &Source{t: t, sequencer: sequencer.New(limits)}
}

// Group decides commands; every one must be journalled.
func (s *Source) Group(commands ...command.Command) *journal.Group {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	g := &journal.Group{}
	for i := range commands {
		stamp := s.sequencer.LastStampNS() + 1
		d, events := s.sequencer.Apply(&commands[i], stamp, nil)
		if d.Refused != "" || d.Repeated {
			panic(fmt.Sprintf("the command %d is not journalled: %+v", i, d))
		}
		g.Add(stamp, d.First, int(d.Last-d.First+1), command.AppendBinary(nil, &commands[i]), events)
	}
	s.groups = append(s.groups, g)
	return g
}

// Delete drops the events up to a sequence.
func (s *Source) Delete(to uint64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.deleted = to
}

// LogID is the log's identity.
func (s *Source) LogID() string { return LogID }

// FirstSequence is that of the oldest event.
func (s *Source) FirstSequence() uint64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.deleted + 1
}

// Records are those from the one on that holds the event after a sequence.
func (s *Source) Records(after uint64) iter.Seq2[journal.Record, error] {
	s.mutex.Lock()
	groups, deleted := s.groups[:len(s.groups):len(s.groups)], s.deleted
	s.mutex.Unlock()
	return func(yield func(journal.Record, error) bool) {
		if after < deleted {
			yield(journal.Record{}, journal.ErrDeleted)
			return
		}
		for _, g := range groups {
			for r := range g.Records() {
				if r.LastSequence() > after && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// Ticks are so many ticks.
func Ticks(n int) []command.Command {
	commands := make([]command.Command, n)
	for i := range commands {
		commands[i].Kind = command.Tick
	}
	return commands
}
