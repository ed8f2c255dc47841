package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/sequencer"
)

const decideBufferBytes = 256 << 10

// trial is a sequencer without a journal: commands in, events out, for trying rules out and for comparing two
// implementations of them. Every line of its input is a JSON object:
//
//	{"stamp_ns": 1, "command": {...}}   decide; prints the events, or what became of the command instead
//	{"reset": true}                     begin a new log
//	{"snapshot": true}                  go on from a snapshot of the state: nothing may differ after it
type trial struct {
	sequencer *sequencer.Sequencer
	renderer  event.Renderer
	lastStamp int64
	out       *bufio.Writer
	events    []byte // reused, as what follows
	record    []byte
	text      []byte
	ends      []int
}

type trialLine struct {
	StampNS  int64           `json:"stamp_ns"`
	Command  json.RawMessage `json:"command"`
	Reset    bool            `json:"reset"`
	Snapshot bool            `json:"snapshot"`
}

// decide answers line by line until the input ends. What is printed is flushed whenever it would wait for input.
func decide(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, decideBufferBytes)
	t := &trial{out: bufio.NewWriterSize(out, decideBufferBytes), sequencer: sequencer.New(defaultLimits)}
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := t.line(line); err != nil {
				return errors.Join(fmt.Errorf("line %d: %w", number, err), t.out.Flush())
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || lines.Buffered() == 0 {
			if flushed := t.out.Flush(); flushed != nil || err != nil {
				return flushed
			}
		}
	}
}

func (t *trial) line(line []byte) error {
	var asked trialLine
	in := json.NewDecoder(bytes.NewReader(line))
	in.DisallowUnknownFields()
	if err := in.Decode(&asked); err != nil {
		return err
	}
	switch {
	case asked.Reset:
		t.sequencer, t.lastStamp = sequencer.New(defaultLimits), 0
		fmt.Fprintln(t.out, `{"reset":true}`)
		return nil
	case asked.Snapshot:
		snapshot := t.sequencer.AppendSnapshot(nil)
		restored, err := sequencer.Restore(snapshot)
		if err != nil {
			return fmt.Errorf("the snapshot cannot be restored: %w", err)
		}
		t.sequencer = restored
		fmt.Fprintf(t.out, "{\"snapshot\":%d}\n", len(snapshot))
		return nil
	case asked.Command == nil:
		return errors.New(`it holds none of "command", "reset" and "snapshot"`)
	case asked.StampNS <= t.lastStamp:
		return fmt.Errorf("stamp_ns %d is not later than %d, the last stamp", asked.StampNS, t.lastStamp)
	}
	return t.command(asked.Command, asked.StampNS)
}

// command decides one command as the engine does, behind the ticks that rule E2 may ask for.
func (t *trial) command(text []byte, stampNS int64) error {
	c, err := command.Decode(text)
	var invalid *command.InvalidError
	if errors.As(err, &invalid) {
		return t.print("malformed", invalid.Error())
	}
	if err != nil {
		return err
	}
	for c.Kind != command.Tick && t.sequencer.Due(stampNS) {
		if err := t.apply(&command.Command{Kind: command.Tick}, stampNS); err != nil {
			return err
		}
		stampNS++
	}
	return t.apply(&c, stampNS)
}

func (t *trial) apply(c *command.Command, stampNS int64) error {
	decision, events := t.sequencer.Apply(c, stampNS, t.events[:0])
	t.lastStamp, t.events = stampNS, events
	switch {
	case decision.Refused != "":
		return t.print("refused", decision.Refused)
	case decision.Repeated:
		return t.print("repeated", map[string]uint64{"first_sequence": decision.First, "last_sequence": decision.Last})
	}
	t.record = command.AppendBinary(t.record[:0], c)
	count := int(decision.Last - decision.First + 1)
	var err error
	t.text, t.ends, err = t.renderer.AppendJSON(t.text[:0], t.ends[:0], event.Record{
		StampNS: stampNS, FirstSequence: decision.First, Count: count, Command: t.record, Events: events,
	}, 0, count)
	start := 0
	for _, end := range t.ends {
		_, _ = t.out.Write(t.text[start:end]) // Flush reports what went wrong
		_ = t.out.WriteByte('\n')
		start = end
	}
	return err
}

func (t *trial) print(what string, value any) error {
	text, err := json.Marshal(map[string]any{what: value})
	if err != nil {
		return err
	}
	_, _ = t.out.Write(append(text, '\n'))
	return nil
}
