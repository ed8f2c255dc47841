package command

import (
	"encoding/hex"
	"errors"
)

// TraceBytes is the length of a traceparent of version 00 as text.
const TraceBytes = 55

var errTrace = errors.New("must be a W3C traceparent of version 00")

// Trace is a W3C traceparent of version 00 without its text: a command that carries one holds no pointer for it. The zero
// value is none.
type Trace struct {
	TraceID [16]byte
	SpanID  [8]byte
	Flags   uint8
	Present bool
}

// ParseTrace reads the text of a traceparent. It checks the form only; ids of zeros are valid in form.
func ParseTrace(text []byte) (Trace, error) {
	t := Trace{Present: true}
	var flags [1]byte
	if len(text) != TraceBytes || string(text[:3]) != "00-" || text[35] != '-' || text[52] != '-' ||
		!lowerHex(t.TraceID[:], text[3:35]) || !lowerHex(t.SpanID[:], text[36:52]) || !lowerHex(flags[:], text[53:55]) {
		return Trace{}, errTrace
	}
	t.Flags = flags[0]
	return t, nil
}

// lowerHex decodes hexadecimal digits, but no capital ones.
func lowerHex(to, text []byte) bool {
	for _, c := range text {
		if c >= 'A' && c <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(to, text)
	return err == nil
}

// Sampled says whether the trace's spans are to be kept.
func (t Trace) Sampled() bool { return t.Present && t.Flags&1 == 1 }

// AppendText appends the traceparent.
func (t Trace) AppendText(to []byte) []byte {
	to = append(to, "00-"...)
	to = hex.AppendEncode(to, t.TraceID[:])
	to = append(to, '-')
	to = hex.AppendEncode(to, t.SpanID[:])
	to = append(to, '-')
	return hex.AppendEncode(to, []byte{t.Flags})
}

// String is the traceparent; empty when there is none.
func (t Trace) String() string {
	if !t.Present {
		return ""
	}
	return string(t.AppendText(make([]byte, 0, TraceBytes)))
}
