package engine

import (
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// Outcome is what became of a command.
type Outcome uint8

// The outcomes.
const (
	Journalled Outcome = iota
	Repeated
	Refused
	outcomes
)

// String is the outcome's name in metrics and spans.
func (o Outcome) String() string { return [...]string{"journalled", "repeated", "refused"}[o] }

// OutcomeOf says what a decision came to.
func OutcomeOf(d *sequencer.Decision) Outcome {
	switch {
	case d.Refused != "":
		return Refused
	case d.Repeated:
		return Repeated
	}
	return Journalled
}

// Tally is what a group held, for metrics: counted once a group, so that a command costs an increment.
type Tally struct {
	Decided       [command.Kinds + 1][outcomes]int // engine-made commands included
	Commands      int                              // of callers
	Events        int
	Trades        int
	DecideSeconds float64 // time spent deciding them
	QueuedAfter   int64   // commands that waited when the group was handed over
}

// group is what becomes durable together, and who waits for that.
type group struct {
	records  journal.Group
	calls    []*Call
	readings []*reading
	state    eventlog.State // at its end
	tally    Tally
}

// full says that the group must go before more is decided into it.
func (g *group) full() bool {
	return g.tally.Commands >= maxGroupCommands || g.records.Bytes() >= maxGroupBytes
}

func (g *group) empty() bool {
	return len(g.calls) == 0 && len(g.readings) == 0 && g.records.Len() == 0
}

func (g *group) reset() {
	clear(g.calls) // a reused slice must not keep calls alive
	clear(g.readings)
	if g.records.Bytes() > maxKeptBytes { // a session's end may have been large; it must not stay so
		g.records = journal.Group{}
	}
	g.records.Reset()
	g.calls, g.readings, g.tally = g.calls[:0], g.readings[:0], Tally{}
}
