package sequencer

import (
	"bytes"
	"fmt"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// Replay decides a journalled command again. An error means that this program decides otherwise than the one that wrote
// the journal, or that the journal was changed; going on would contradict what others were told. A long log is quicker
// replayed by a Replayer.
func (s *Sequencer) Replay(r event.Record) error {
	s.replayer.s = s
	if err := s.replayer.Add(r); err != nil {
		return err
	}
	return s.replayer.Finish()
}

// Replayer replays a log some records at a time: what they need is loaded together, instead of each waiting for its own.
type Replayer struct {
	s        *Sequencer
	held     int
	records  [aheadOfBooks]event.Record
	commands [aheadOfBooks]command.Command
	copies   [aheadOfBooks][]byte // of the records' bytes, which are their reader's
	made     []byte
}

// NewReplayer begins where the sequencer is, which nothing else may use until Finish.
func NewReplayer(s *Sequencer) *Replayer { return &Replayer{s: s} }

// Add replays the record, or keeps a copy of it to be replayed with those behind it. After an error, as Replay's, the
// sequencer is of no more use.
func (p *Replayer) Add(r event.Record) error {
	at := p.held
	copied := append(append(p.copies[at][:0], r.Command...), r.Events...)
	p.copies[at] = copied
	r.Command, r.Events = copied[:len(r.Command):len(r.Command)], copied[len(r.Command):]
	if err := command.DecodeJournalled(&p.commands[at], r.Command); err != nil {
		return fmt.Errorf("the journalled command at sequence %d: %w", r.FirstSequence, err)
	}
	p.records[at] = r
	if p.held++; p.held < len(p.records) {
		return nil
	}
	return p.Finish()
}

// Finish replays what was kept.
func (p *Replayer) Finish() error {
	held := p.held
	p.held = 0
	if held > 1 {
		p.s.Ahead(p.commands[:held])
	}
	for i := range held {
		if err := p.replay(&p.commands[i], p.records[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *Replayer) replay(c *command.Command, r event.Record) error {
	s := p.s
	if r.StampNS <= s.lastStampNS {
		return fmt.Errorf("the journalled command at sequence %d has a stamp of %d ns, which is not after %d ns",
			r.FirstSequence, r.StampNS, s.lastStampNS)
	}
	d, made := s.Apply(c, r.StampNS, p.made[:0])
	p.made = made
	switch {
	case d.Refused != "" || d.Repeated:
		return fmt.Errorf("the journalled command %s at sequence %d would not be journalled again", c.ID, r.FirstSequence)
	case d.First != r.FirstSequence || d.Last+1-d.First != uint64(r.Count):
		return fmt.Errorf("the journalled command %s causes %d events from sequence %d, but the journal holds %d from %d",
			c.ID, d.Last+1-d.First, d.First, r.Count, r.FirstSequence)
	case !bytes.Equal(made, r.Events):
		return difference(r, made)
	}
	return nil
}

// difference names the first event that is another.
func difference(r event.Record, made []byte) error {
	var renderer event.Renderer
	again := r
	again.Events = made
	for i := range r.Count {
		holds, _, err := renderer.AppendJSON(nil, nil, r, i, 1)
		if err != nil {
			return fmt.Errorf("the event with sequence %d: %w", r.FirstSequence+uint64(i), err)
		}
		makes, _, err := renderer.AppendJSON(nil, nil, again, i, 1)
		if err != nil || !bytes.Equal(holds, makes) {
			return fmt.Errorf("the event with sequence %d comes out as\n%s\nbut the journal holds\n%s",
				r.FirstSequence+uint64(i), makes, holds)
		}
	}
	return fmt.Errorf("the events from sequence %d say the same, but in other bytes", r.FirstSequence)
}
