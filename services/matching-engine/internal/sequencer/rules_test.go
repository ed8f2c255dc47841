package sequencer

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// eventsOfRules are the digests of what the stream of TestTheRulesAreThoseOfTheirVersion becomes, by version. No release
// has version 2 yet: until then its digest may change.
var eventsOfRules = map[int]string{
	2: "f9d52d29027c6461a8ce2959d6666eba04da65b48b881d8c4e37b17735a930a7",
}

// TestTheRulesAreThoseOfTheirVersion decides a fixed stream of every kind of command. Other events than those that
// RulesVersion once made mean other rules: they need a version of their own, with a line of its own above. The digest is
// of the JSON and of the journal's bytes: a replay compares the latter.
func TestTheRulesAreThoseOfTheirVersion(t *testing.T) {
	events := sha256.New()
	s, g := New(book.Limits{}), newStream(1) // its numbers are promised never to change
	outcomes := map[string]int{}
	for range 20_000 {
		c, stampNS := g.next(s)
		d, made := s.Apply(c, stampNS, nil)
		outcomes[d.Refused]++
		if d.Repeated {
			outcomes["repeated"]++
		}
		if d.Refused != "" || d.Repeated {
			continue
		}
		outcomes[c.Kind.String()]++
		outcomes["trade"] += int(d.Trades)
		record := event.Record{
			StampNS: stampNS, FirstSequence: d.First, Count: int(d.Last + 1 - d.First), Command: command.AppendBinary(nil, c), Events: made,
		}
		events.Write(made)
		for _, line := range render(t, record) {
			events.Write(append(line, '\n'))
		}
	}
	want := []string{"", "trade", "repeated", RefusedExpired, RefusedExpiryTooFar}
	for kind := command.Place; int(kind) <= command.Kinds; kind++ {
		want = append(want, kind.String())
	}
	for _, outcome := range want {
		if outcomes[outcome] == 0 {
			t.Errorf("the stream has no %q: it shows too little", outcome)
		}
	}
	if s.Books().Open() == 0 {
		t.Error("no order rests at the end")
	}
	if digest := hex.EncodeToString(events.Sum(nil)); digest != eventsOfRules[RulesVersion] {
		t.Fatalf("these are not the events of rules %d: raise RulesVersion (rules.go) and add %s here", RulesVersion, digest)
	}
}
