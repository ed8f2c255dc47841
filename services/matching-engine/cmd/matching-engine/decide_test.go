package main

import (
	"fmt"
	"strings"
	"testing"
)

func tried(t *testing.T, lines ...string) (out string, err error) {
	t.Helper()
	var to strings.Builder
	err = decide(strings.NewReader(strings.Join(lines, "\n")), &to)
	return to.String(), err
}

func at(stamp int, command string) string {
	return fmt.Sprintf(`{"stamp_ns":%d,"command":%s}`, stamp, command)
}

func TestDecidePrintsWhatTheLogWouldHold(t *testing.T) {
	order := strings.NewReplacer(`"gtc"`, `"gtd"`, `"quantity_lots"`, `"expire_at_ns":50,"quantity_lots"`).Replace(place(1, "buy", 5, 1))
	expires := order[strings.Index(order, `"expires_at_ns":`):]
	order = strings.Replace(order, expires[:strings.Index(expires, ",")], `"expires_at_ns":40`, 1)
	out, err := tried(t,
		at(1, `{"kind":"tick"}`), at(5, list(1, "X")), at(10, order), at(12, order), `{"snapshot":true}`,
		at(41, strings.Replace(order, uuid('2', 1), uuid('2', 2), 1)), at(60, cancel(3, 1)), at(70, `{"kind":"cancel"}`),
		`{"reset":true}`, at(1, list(1, "X")),
	)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out) {
		line, _, _ = strings.Cut(line, `,"data"`)
		got = append(got, strings.TrimSpace(line))
	}
	for i, want := range []string{
		`{"sequence":1,"time_ns":1,"kind":"tick"`, `{"sequence":2,"time_ns":5,"kind":"symbol_listed"`,
		`{"sequence":3,"time_ns":10,"kind":"order_accepted"`, `{"repeated":{"first_sequence":3,"last_sequence":3}}`,
		`{"snapshot":`, `{"refused":"expired"}`,
		`{"sequence":4,"time_ns":60,"kind":"order_expired"`, `{"sequence":5,"time_ns":60,"kind":"tick"`, // rule E2
		`{"sequence":6,"time_ns":61,"kind":"cancel_rejected"`, `{"malformed":"`,
		`{"reset":true}`, `{"sequence":1,"time_ns":1,"kind":"symbol_listed"`,
	} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Fatalf("line %d should begin with %s:\n%s", i+1, want, out)
		}
	}
}

func TestDecideNamesTheLineThatItCannotRead(t *testing.T) {
	for _, c := range []struct{ line, says string }{
		{`{`, "line 2: "},
		{`{}`, `line 2: it holds none of "command", "reset" and "snapshot"`},
		{`{"stamp_ns":2,"commands":[]}`, "line 2: "},
		{at(1, `{"kind":"tick"}`), "line 2: stamp_ns 1 is not later than 1"},
	} {
		if _, err := tried(t, at(1, `{"kind":"tick"}`), c.line); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s", c.line, err, c.says)
		}
	}
}
