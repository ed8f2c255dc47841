package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestWhatWasAcknowledgedSurvivesKillsExactlyOnce runs clients against the engine, kills it again and again
// while they do, and then looks for every acknowledgement in the log.
func TestWhatWasAcknowledgedSurvivesKillsExactlyOnce(t *testing.T) {
	p := newProcess(t)
	small := []string{"SEGMENT_BYTES=65536", "SNAPSHOT_EVERY_COMMANDS=100"} // segments are sealed, snapshots made, archives filled
	p.start(small...)
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("the symbol was not listed")
	}
	var numbers atomic.Int64
	acknowledged := map[string]result{}
	for round := range 4 {
		_ = load(p, &numbers, acknowledged, time.Duration(60+70*round)*time.Millisecond, syscall.SIGKILL)
		if code, said := once(t, nil, "verify", p.dir); code != 0 {
			t.Fatalf("verify after kill %d: %s", round, said)
		}
		p.start(small...)
	}
	if strings.Contains(p.logs.String(), `"snapshot_sequence":0`) || strings.Contains(p.logs.String(), `"replayed_commands":0`) {
		t.Fatalf("the last start should go on from a snapshot and replay a tail: %s", p.logs)
	}
	if len(acknowledged) < 50 {
		t.Fatalf("only %d commands were acknowledged: the test proves little", len(acknowledged))
	}
	events := p.log()
	checkAcknowledged(t, events, acknowledged)
	repeatAll(p, acknowledged)
	if after := p.log(); lastCommandEvent(after) != lastCommandEvent(events) {
		t.Fatal("a repeat of acknowledged commands changed the log")
	}
	if err := load(p, &numbers, acknowledged, 100*time.Millisecond, syscall.SIGTERM); err != nil {
		t.Fatalf("SIGTERM under load: %v\n%s", err, p.logs)
	}
	p.start(small...)
	if !strings.Contains(p.logs.String(), `"replayed_commands":0`) {
		t.Fatalf("the start after SIGTERM should go on from the snapshot at the end: %s", p.logs)
	}
	checkAcknowledged(t, p.log(), acknowledged)
}

// load drives clients until the engine is ended under them, and notes what they were answered.
func load(p *process, numbers *atomic.Int64, acknowledged map[string]result, before time.Duration, end os.Signal) error {
	var mutex sync.Mutex
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			for {
				a, ok := p.submit(mixed(int(numbers.Add(5)))...)
				if !ok {
					return
				}
				mutex.Lock()
				for _, r := range a.Results {
					acknowledged[r.CommandID] = r
				}
				mutex.Unlock()
			}
		})
	}
	timer := time.AfterFunc(before, func() { _ = p.command.Process.Signal(end) })
	defer timer.Stop()
	clients.Wait()
	return p.ended()
}

// mixed is a call with commands of most kinds, numbered from n on; n is a multiple of 5.
func mixed(n int) []string {
	commands := []string{place(n, "buy", 90+n%11, 1+n%7), place(n+1, "sell", 90+n%11, 1+n%5), cancel(n, n)}
	switch n / 5 % 5 {
	case 0:
		commands = append(commands, replace(n, n+1, n+2))
	case 1:
		commands = append(commands, pair(n+2, n+3))
	case 2:
		commands = append(commands, fmt.Sprintf(`{"command_id":%q,"kind":"cancel_all","account_id":%q}`, uuid('8', n), uuid('4', n%5)))
	case 3:
		commands = append(commands, symbol("halt_symbol", 'a', n), symbol("resume_symbol", 'b', n))
	}
	return commands
}

func checkAcknowledged(t *testing.T, events []logged, acknowledged map[string]result) {
	t.Helper()
	type found struct {
		first uint64
		stamp int64
	}
	commands := map[string]found{} // the first event of each command in the log
	for _, e := range events {
		var data struct {
			CommandID string `json:"command_id"`
		}
		if err := json.Unmarshal(e.Data, &data); err != nil {
			t.Fatal(err)
		}
		if data.CommandID == "" {
			continue
		}
		before, again := commands[data.CommandID]
		if again && before.stamp != e.TimeNS {
			t.Fatalf("command %s is in the log at %d and at %d", data.CommandID, before.first, e.Sequence)
		}
		if !again {
			commands[data.CommandID] = found{e.Sequence, e.TimeNS}
		}
	}
	for id, r := range acknowledged {
		if at := commands[id]; r.Outcome != "journalled" || at.first != r.FirstSequence {
			t.Fatalf("command %s was acknowledged as %+v; the log has it at %d", id, r, at.first)
		}
	}
}

// repeatAll sends commands with the ids of acknowledged ones again: the answer is the first result.
func repeatAll(p *process, acknowledged map[string]result) {
	checked := 0
	for id, first := range acknowledged {
		if !strings.HasPrefix(id, "5") || checked == 20 { // cancels: they do not expire
			continue
		}
		checked++
		a, ok := p.submit(`{"command_id":"` + id + `","kind":"cancel","order_id":"` + uuid('3', 1) + `","account_id":"` + uuid('4', 1) + `"}`)
		if !ok || !a.Results[0].Repeated || a.Results[0].FirstSequence != first.FirstSequence || a.Results[0].LastSequence != first.LastSequence {
			p.t.Fatalf("a repeat of %+v was answered %+v", first, a)
		}
	}
	if checked == 0 {
		p.t.Fatal("no cancel was acknowledged")
	}
}

func lastCommandEvent(events []logged) (last uint64) {
	for _, e := range events {
		if e.Kind != "tick" {
			last = e.Sequence
		}
	}
	return last
}

// TestEveryPointOfACommandMayBeTheLast stops the engine at each failpoint in turn and looks at what is left.
// The group that is hit is the second call's. The tick of the start is written before any call's group.
func TestEveryPointOfACommandMayBeTheLast(t *testing.T) {
	for _, c := range []struct {
		failpoints string
		journalled bool // whether the next start finds the command
		lives      bool // whether the process goes on
		torn       bool // whether the next start has something to keep aside
		says       string
	}{
		{failpoints: "before_apply=exit@2"},
		{failpoints: "before_write=exit@3"},
		{failpoints: "torn_write=error@3", torn: true},
		{failpoints: "before_fsync=exit@3", journalled: true}, // the machine did not fail: its cache has the bytes
		{failpoints: "fsync=once@3", journalled: true, says: "fsync the journal"},
		{failpoints: "after_fsync_before_answer=exit@2", journalled: true},
		{failpoints: "drop_answer=once@2", journalled: true, lives: true},
	} {
		t.Run(c.failpoints, func(t *testing.T) {
			p := newProcess(t)
			p.start("FAILPOINTS=idle_tick=error," + c.failpoints)
			if _, ok := p.submit(list(1, "X")); !ok {
				t.Fatal("the symbol was not listed")
			}
			command := place(1, "buy", 10, 1)
			if a, ok := p.submit(command); ok {
				t.Fatalf("the engine answered %+v", a)
			}
			if c.lives {
				if err := p.terminate(); err != nil {
					t.Fatal(err)
				}
			} else if p.ended() == nil || !strings.Contains(p.logs.String(), c.says) {
				t.Fatalf("the end should be a failure that is explained: %s", p.logs)
			}
			p.start()
			if kept, _ := filepath.Glob(filepath.Join(p.dir, "*.torn-*")); c.torn != (len(kept) == 1) {
				t.Fatalf("kept aside: %v", kept)
			}
			a, ok := p.submit(command)
			if !ok || a.Results[0].Repeated != c.journalled {
				t.Fatalf("the same command again: %+v", a)
			}
		})
	}
}

func TestTheSecondEngineOnOneFolderStopsWithASentence(t *testing.T) {
	p := newProcess(t)
	p.start()
	second := exec.Command(binary)
	second.Env = append(os.Environ(), "LISTEN_ADDRESS=127.0.0.1:0", "DATA_DIR="+p.dir, "SERVICE_KEYS_FILE="+p.caller.KeySetFile)
	out, err := second.CombinedOutput()
	if err == nil || !bytes.Contains(out, []byte("in use by another matching engine")) {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestWrongSettingsStopTheStartWithOneSentenceEach(t *testing.T) {
	_, err := readSettings(func(name string) string {
		return map[string]string{
			"LISTEN_ADDRESS": "8105", "BROKER_URL": "http://x", "TICK_INTERVAL": "2001ms", "SEGMENT_BYTES": "1", "LOG_LEVEL": "LOUD",
			"DEBUG_ADDRESS": "x", "MAX_OPEN_ORDERS": "0", "MAX_QUEUED_COMMANDS": "1023", "RETENTION": "-1h", "SNAPSHOT_EVERY_COMMANDS": "many",
			"FAILPOINTS": "nowhere=exit",
		}[name]
	})
	for _, name := range []string{"LISTEN_ADDRESS", "DATA_DIR", "SERVICE_KEYS_FILE", "BROKER_URL", "TICK_INTERVAL", "SEGMENT_BYTES", "LOG_LEVEL", "FAILPOINTS",
		"DEBUG_ADDRESS", "MAX_OPEN_ORDERS", "MAX_QUEUED_COMMANDS", "RETENTION", "SNAPSHOT_EVERY_COMMANDS"} {
		if err == nil || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("nothing is said about %s: %v", name, err)
		}
	}
}
