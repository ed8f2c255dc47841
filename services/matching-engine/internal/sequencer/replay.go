package sequencer

import (
	"bytes"
	"fmt"
)

// Replay applies one journalled command again and compares what it causes with what it caused then. A
// difference means that this program is not the one that wrote the journal, or that the journal was changed;
// going on would contradict what others were told.
func (s *Sequencer) Replay(journalled []byte, stamp int64, first uint64, events [][]byte) error {
	command, err := DecodeCommand(journalled)
	if err != nil {
		return fmt.Errorf("the journalled command at sequence %d: %w", first, err)
	}
	d := s.Apply(&command, stamp)
	if d.Refused != "" || d.Repeated {
		return fmt.Errorf("the journalled command %s at sequence %d would not be journalled again", command.ID, first)
	}
	if d.First != first || len(d.Events) != len(events) {
		return fmt.Errorf("the journalled command %s causes %d events from sequence %d, but the journal holds %d from %d",
			command.ID, len(d.Events), d.First, len(events), first)
	}
	for i := range events {
		if !bytes.Equal(d.Events[i], events[i]) {
			return fmt.Errorf("the event with sequence %d comes out as\n%s\nbut the journal holds\n%s",
				first+uint64(i), d.Events[i], events[i])
		}
	}
	return nil
}
