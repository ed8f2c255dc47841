package differential

import (
	"errors"
	"fmt"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/sequencer"
)

// Log decides steps as the engine does, and keeps what the engine would journal.
type Log struct {
	Sequencer *sequencer.Sequencer
	Records   []event.Record
	renderer  event.Renderer
}

// NewLog begins a log without limits: a stream's first command sets them.
// It looks ahead however few orders are open, which must change nothing.
func NewLog() *Log {
	l := &Log{Sequencer: sequencer.New(book.Limits{})}
	l.Sequencer.Books().PrefetchFrom(0)
	return l
}

// Submit decides a step behind the ticks that are due (rule E2), a stamp later each. It answers in the lines that
// `matching-engine decide` prints.
func (l *Log) Submit(step Step) ([]string, error) {
	c, err := command.Decode([]byte(step.Command))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", step.Command, err)
	}
	l.Sequencer.Ahead([]command.Command{c})
	var lines []string
	stampNS := step.StampNS
	for c.Kind != command.Tick && l.Sequencer.Due(stampNS) {
		made, err := l.apply(&command.Command{Kind: command.Tick}, stampNS)
		if err != nil {
			return nil, err
		}
		lines = append(lines, made...)
		stampNS++
	}
	made, err := l.apply(&c, stampNS)
	return append(lines, made...), err
}

func (l *Log) apply(c *command.Command, stampNS int64) ([]string, error) {
	d, events := l.Sequencer.Apply(c, stampNS, nil)
	switch {
	case d.Refused != "":
		return []string{`{"refused":"` + d.Refused + `"}`}, nil
	case d.Repeated:
		return []string{fmt.Sprintf(`{"repeated":{"first_sequence":%d,"last_sequence":%d}}`, d.First, d.Last)}, nil
	}
	r := event.Record{
		StampNS: stampNS, FirstSequence: d.First, Count: int(d.Last + 1 - d.First),
		Command: command.AppendBinary(nil, c), Events: events,
	}
	l.Records = append(l.Records, r)
	text, ends, err := l.renderer.AppendJSON(nil, nil, r, 0, r.Count)
	if err != nil {
		return nil, err
	}
	if len(ends) != r.Count {
		return nil, errors.New("a record renders to another number of events than it counts")
	}
	var lines []string
	start := 0
	for _, end := range ends {
		lines = append(lines, string(text[start:end]))
		start = end
	}
	return lines, nil
}
