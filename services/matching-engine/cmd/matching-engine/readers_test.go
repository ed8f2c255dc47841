package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

type problem struct {
	Type  string
	First uint64 `json:"first_sequence"`
}

// ask is a call that may be refused: the status, and the problem if it was one.
func (p *process) ask(t *testing.T, method, path, body string) (int, problem) {
	t.Helper()
	status, content, err := p.do(method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	var said problem
	if status >= 400 && json.Unmarshal(content, &said) != nil {
		t.Fatalf("%s %s: %d %s", method, path, status, content)
	}
	return status, said
}

type positions struct {
	LogID    string `json:"log_id"`
	Readers  map[string]uint64
	First    uint64 `json:"first_sequence"`
	Snapshot uint64 `json:"snapshot_sequence"`
	Last     uint64 `json:"last_sequence"`
	Takes    bool   `json:"accepting"`
}

func TestReadersConfirmWhatTheyNeedNoMore(t *testing.T) {
	p := newProcess(t)
	p.start("FAILPOINTS=idle_tick=error")
	var status positions
	p.get(t, "/v1/status", &status)
	if !status.Takes || status.First != 1 || len(status.Readers) != 0 {
		t.Fatalf("%+v", status)
	}
	at := func(log string, sequence uint64) string {
		return fmt.Sprintf(`{"log_id":%q,"sequence":%d}`, log, sequence)
	}
	for _, c := range []struct {
		method, path, body, kind string
		status                   int
	}{
		{"PUT", "trading", at(status.LogID, 1), "", 200},
		{"PUT", "trading.settler", at(status.LogID, 2), "", 200},
		{"PUT", "trading.settler", at(status.LogID, 1), "", 200}, // back again: it is the reader's word
		{"PUT", "trading", at(status.LogID, 1000), "position_past_end", 409},
		{"PUT", "trading", at(uuid('9', 9), 1), "other_log", 409},
		{"PUT", "audit-log", at(status.LogID, 1), "forbidden", 403}, // the token is trading's
		{"PUT", "tradingx", at(status.LogID, 1), "forbidden", 403},
		{"PUT", "Trading", at(status.LogID, 1), "malformed_request", 400},
		{"PUT", "trading", `{"log_id":"x"}`, "malformed_request", 400},
		{"PUT", "trading", `{"log_id":"x","sequence":-1}`, "malformed_request", 400},
		{"PUT", "trading", `{"log_id":"x","sequence":1,"more":1}`, "malformed_request", 400},
		{"POST", "trading", "", "method_not_allowed", 405},
		{"DELETE", "trading", "", "", 204},
		{"DELETE", "trading", "", "not_found", 404},
	} {
		if got, said := p.ask(t, c.method, "/v1/readers/"+c.path, c.body); got != c.status || said.Type != c.kind {
			t.Errorf("%s %s %s: %d %+v", c.method, c.path, c.body, got, said)
		}
	}
	want := fmt.Sprint(map[string]uint64{"trading.settler": 1})
	var listed positions
	p.get(t, "/v1/readers", &listed)
	p.get(t, "/v1/status", &status)
	if fmt.Sprint(listed.Readers) != want || fmt.Sprint(status.Readers) != want || listed.LogID != status.LogID {
		t.Fatalf("%+v %+v, want %s", listed, status, want)
	}
	if err := p.terminate(); err != nil {
		t.Fatal(err)
	}
	p.start()
	if p.get(t, "/v1/readers", &listed); fmt.Sprint(listed.Readers) != want {
		t.Fatalf("after a restart: %+v", listed)
	}
}

// TestWhatAllReadersHaveIsDeletedAfterItsRetention: what is left says where it begins, and goes on to the end.
func TestWhatAllReadersHaveIsDeletedAfterItsRetention(t *testing.T) {
	p := newProcess(t)
	p.start("RETENTION=1ns", "SEGMENT_BYTES=4096", "SNAPSHOT_EVERY_COMMANDS=1", "TICK_INTERVAL=10ms")
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("not listed")
	}
	var status positions
	n := 0
	grow := func(until func() bool) {
		for deadline := time.Now().Add(30 * time.Second); !until(); {
			if time.Now().After(deadline) {
				t.Fatalf("%+v\n%s", status, p.logs)
			}
			for range 10 {
				n++
				p.submit(place(n, "buy", 5, 1), cancel(n, n))
			}
			p.get(t, "/v1/status", &status)
		}
	}
	p.get(t, "/v1/status", &status)
	if got, _ := p.ask(t, "PUT", "/v1/readers/trading", fmt.Sprintf(`{"log_id":%q,"sequence":0}`, status.LogID)); got != 200 {
		t.Fatal(got)
	}
	grow(func() bool { return status.Snapshot > 200 })
	if status.First != 1 {
		t.Fatalf("a reader needs everything, and it was deleted: %+v", status)
	}
	if got, said := p.ask(t, "PUT", "/v1/readers/trading", fmt.Sprintf(`{"log_id":%q,"sequence":%d}`, status.LogID, status.Last)); got != 200 {
		t.Fatal(got, said)
	}
	grow(func() bool { return status.First > 50 })
	got, said := p.ask(t, "GET", "/v1/events?after=0", "")
	if got != http.StatusGone || said.Type != "events_deleted" || said.First < 50 {
		t.Fatalf("%d %+v", got, said)
	}
	p.get(t, "/v1/status", &status)
	var page struct {
		First  uint64 `json:"first_sequence"`
		Events []logged
	}
	if p.get(t, fmt.Sprintf("/v1/events?after=%d&limit=3", status.First+10), &page); len(page.Events) != 3 || page.First < status.First ||
		page.Events[0].Sequence != status.First+11 {
		t.Fatalf("%+v", page)
	}
	if code, said := once(t, nil, "verify", p.dir); code != 0 || !strings.Contains(said, "from the snapshot at") {
		t.Fatalf("%d %s", code, said)
	}
	p.kill()
	p.start()
	if _, ok := p.submit(list(2, "Y")); !ok {
		t.Fatal("it should go on")
	}
}
