package publisher

import (
	"bytes"
	"iter"
	"strconv"

	"daytrading/matching-engine/internal/eventlog"
)

const (
	traceparentBytes = 55
	maxLinks         = 32
)

// encode is the body of one message: a page of the log, as readers of the HTTP log get it.
func encode(logID string, page *eventlog.Page) []byte {
	body := append(make([]byte, 0, len(page.JSON)+len(page.Ends)+128), `{"log_id":"`...)
	body = append(body, logID...)
	body = append(body, `","last_sequence":`...)
	body = strconv.AppendUint(body, page.LastSequence, 10)
	body = append(body, `,"events":`...)
	return append(page.AppendArray(body), '}')
}

// traces lists the different traceparents of the events, in order. The trace is an event's last member, so it
// lies at a fixed distance from the end.
func traces(events iter.Seq[[]byte]) []string {
	var found []string
	for event := range events {
		trace, ok := traceOf(event)
		if ok && (len(found) == 0 || found[len(found)-1] != trace) && len(found) < maxLinks {
			found = append(found, trace)
		}
	}
	return found
}

func traceOf(event []byte) (string, bool) {
	const name = `},"trace":"`
	start := len(event) - traceparentBytes - len(`"}`)
	if start < len(name) || !bytes.HasSuffix(event[:start], []byte(name)) {
		return "", false
	}
	return string(event[start : start+traceparentBytes]), true
}
