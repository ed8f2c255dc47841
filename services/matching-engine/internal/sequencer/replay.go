package sequencer

import (
	"bytes"
	"fmt"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// Replay decides a journalled command again. An error means that this program decides otherwise than the one that wrote
// the journal, or that the journal was changed; going on would contradict what others were told.
func (s *Sequencer) Replay(r event.Record) error {
	c := &s.replayed
	if err := command.DecodeJournalled(c, r.Command); err != nil {
		return fmt.Errorf("the journalled command at sequence %d: %w", r.FirstSequence, err)
	}
	if r.StampNS <= s.lastStampNS {
		return fmt.Errorf("the journalled command at sequence %d has a stamp of %d ns, which is not after %d ns",
			r.FirstSequence, r.StampNS, s.lastStampNS)
	}
	d, made := s.Apply(c, r.StampNS, s.bytes[:0])
	s.bytes = made
	switch {
	case d.Refused != "" || d.Repeated:
		return fmt.Errorf("the journalled command %s at sequence %d would not be journalled again", c.ID, r.FirstSequence)
	case d.First != r.FirstSequence || d.Last+1-d.First != uint64(r.Count):
		return fmt.Errorf("the journalled command %s causes %d events from sequence %d, but the journal holds %d from %d",
			c.ID, d.Last+1-d.First, d.First, r.Count, r.FirstSequence)
	case !bytes.Equal(made, r.Events):
		return s.difference(r, made)
	}
	return nil
}

// difference names the first event that is another.
func (s *Sequencer) difference(r event.Record, made []byte) error {
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
