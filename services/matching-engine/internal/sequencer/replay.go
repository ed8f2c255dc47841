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
	p := NewReplayer(s)
	if err := p.Add(r); err != nil {
		return err
	}
	return p.Finish()
}

// A window is some hundred records, or one long one.
const (
	windowRecords = 256
	windowBytes   = 256 << 10
)

// Replayer replays a log a window of records at a time: while one is decided by a goroutine of its own, the next is read
// and decoded. What a dozen commands need is loaded together, instead of each waiting for its own.
type Replayer struct {
	s       *Sequencer
	filling *window
	other   *window    // that is replayed now, or is empty
	replays bool       // other is replayed now
	result  chan error // of replaying it
	made    []byte
}

// window is records that are replayed together. They are copies: their reader uses its memory again.
type window struct {
	held     int
	records  [windowRecords]event.Record
	commands [windowRecords]command.Command
	bytes    []byte
}

// NewReplayer begins where the sequencer is, which nothing else may use until Finish.
func NewReplayer(s *Sequencer) *Replayer {
	return &Replayer{s: s, filling: &window{}, other: &window{}, result: make(chan error, 1)}
}

// Add keeps a copy of the record, which is replayed with those around it. An error, as Replay's, may be of a record before
// this one; after it, the sequencer is of no more use.
func (p *Replayer) Add(r event.Record) error {
	w := p.filling
	if err := w.add(r); err != nil {
		return err
	}
	if w.held < windowRecords && len(w.bytes) < windowBytes {
		return nil
	}
	if err := p.wait(); err != nil {
		return err
	}
	p.filling, p.other, p.replays = p.other, w, true
	go func() { p.result <- p.run(w) }()
	return nil
}

// Finish replays what was kept.
func (p *Replayer) Finish() error {
	if err := p.wait(); err != nil {
		return err
	}
	return p.run(p.filling)
}

// wait is for the window that is replayed now, if any.
func (p *Replayer) wait() error {
	if !p.replays {
		return nil
	}
	p.replays = false
	return <-p.result
}

func (w *window) add(r event.Record) error {
	at := len(w.bytes)
	w.bytes = append(append(w.bytes, r.Command...), r.Events...)
	copied := w.bytes[at:] // stays what it is when the bytes behind it need another place
	r.Command, r.Events = copied[:len(r.Command):len(r.Command)], copied[len(r.Command):]
	if err := command.DecodeJournalled(&w.commands[w.held], r.Command); err != nil {
		return fmt.Errorf("the journalled command at sequence %d: %w", r.FirstSequence, err)
	}
	w.records[w.held] = r
	w.held++
	return nil
}

// run replays a window and empties it.
func (p *Replayer) run(w *window) error {
	for from := 0; from < w.held; from += aheadOfBooks {
		to := min(from+aheadOfBooks, w.held)
		if to-from > 1 {
			p.s.Ahead(w.commands[from:to])
		}
		for i := from; i < to; i++ {
			if err := p.replay(&w.commands[i], w.records[i]); err != nil {
				return err
			}
		}
	}
	w.held, w.bytes = 0, w.bytes[:0]
	if cap(w.bytes) > 4*windowBytes { // one record was long; its room must not stay
		*w = window{}
		p.made = nil
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
