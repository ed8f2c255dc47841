package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAFullVolumeRefusesCommandsAndNothingElse fills a small volume beside the engine, and makes room again.
func TestAFullVolumeRefusesCommandsAndNothingElse(t *testing.T) {
	p := newProcess(t)
	p.dir = smallVolume(t, "size=2m")
	p.start("SEGMENT_BYTES=262144")
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("not listed")
	}
	ballast := filepath.Join(p.dir, "ballast")
	acknowledged, n := map[string]result{}, 0
	for refusals := 0; refusals < 3; { // one may be answered by what a sealed segment gave back
		if n++; n > 20000 {
			t.Fatal("the volume is never full")
		}
		status, content, err := p.do("POST", "/v1/commands", `{"commands":[`+place(n, "buy", 1+n%50, 1)+`]}`)
		var a answer
		var said problem
		if err = errors.Join(err, json.Unmarshal(content, &a), json.Unmarshal(content, &said)); err != nil {
			t.Fatal(err)
		}
		switch {
		case status == http.StatusOK:
			acknowledged[a.Results[0].CommandID] = a.Results[0]
			refusals = 0
		case status != http.StatusServiceUnavailable || said.Type != "journal_full":
			t.Fatalf("%d %s\n%s", status, content, p.logs)
		default:
			refusals++
		}
		if refusals > 0 || n%32 == 1 {
			fill(t, ballast)
		}
	}
	if status, said := p.ask(t, "GET", "/readyz", ""); status != http.StatusServiceUnavailable || said.Type != "journal_full" {
		t.Fatalf("%d %+v", status, said)
	}
	var status positions
	var open view
	p.get(t, "/v1/status", &status)
	p.get(t, "/v1/open-orders?limit=10000", &open)
	if status.Takes || len(open.Orders) != len(acknowledged) {
		t.Fatalf("reads should go on: %+v, %d orders of %d", status, len(open.Orders), len(acknowledged))
	}
	checkAcknowledged(t, p.log(), acknowledged)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; { // it looks for room about once a second
		n++
		if a, ok := p.submit(place(n, "buy", 1, 1)); ok {
			acknowledged[a.Results[0].CommandID] = a.Results[0]
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("there is room, and commands are refused\n%s", p.logs)
		}
	}
	p.kill()
	p.start("SEGMENT_BYTES=262144")
	checkAcknowledged(t, p.log(), acknowledged)
}

// smallVolume mounts one that lives in memory, where that is permitted.
func smallVolume(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skip("this test mounts a small volume, which is not permitted here:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes what is left of a volume.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for block := make([]byte, 4096); ; {
		if _, err := file.Write(block); err != nil {
			return // no space left
		}
	}
}

// TestABrokenSnapshotIsPassedOverForTheOneBefore, or for the whole log; the start says so.
func TestABrokenSnapshotIsPassedOverForTheOneBefore(t *testing.T) {
	p := newProcess(t)
	p.start()
	if _, ok := p.submit(list(1, "X"), place(1, "buy", 5, 7)); !ok {
		t.Fatal("refused")
	}
	for _, broken := range []int{1, 2} { // the newest, then all
		for range 2 { // an end each leaves one, and two are kept
			if err := p.terminate(); err != nil {
				t.Fatal(err)
			}
			p.start()
		}
		p.kill()
		snapshots, _ := filepath.Glob(filepath.Join(p.dir, "*.snapshot"))
		if len(snapshots) != 2 {
			t.Fatal(snapshots)
		}
		for _, path := range snapshots[len(snapshots)-broken:] {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			content[len(content)/2] ^= 1
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p.start()
		if says := strings.Count(p.logs.String(), "a snapshot is passed over"); says != broken {
			t.Fatalf("%d of %d broken snapshots are told of: %s", says, broken, p.logs)
		}
		var open view
		if p.get(t, "/v1/open-orders", &open); len(open.Orders) != 1 || open.Orders[0].Left != 7 {
			t.Fatalf("%+v", open)
		}
		if _, ok := p.submit(list(1+broken, "Y")); !ok {
			t.Fatal("refused")
		}
	}
}

// TestADamagedSegmentIsNoticedByACheckpointAndTheEngineGoesOn: its memory is not damaged, and it leaves a snapshot.
func TestADamagedSegmentIsNoticedByACheckpointAndTheEngineGoesOn(t *testing.T) {
	p := newProcess(t)
	p.start("SEGMENT_BYTES=4096", "SNAPSHOT_EVERY_COMMANDS=100")
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("not listed")
	}
	n := 0
	place40 := func() {
		for range 40 {
			n++
			if _, ok := p.submit(place(n, "buy", 5, 1)); !ok {
				t.Fatalf("refused\n%s", p.logs)
			}
		}
	}
	place40() // seals the first segment
	first, _ := filepath.Glob(filepath.Join(p.dir, "*.journal"))
	content, err := os.ReadFile(first[0])
	if err != nil || len(first) < 2 {
		t.Fatal(first, err)
	}
	content[1000] ^= 1
	if err := os.WriteFile(first[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	for noticed := false; !noticed; {
		if place40(); n > 4000 {
			t.Fatalf("the damage is not noticed\n%s", p.logs)
		}
		_, metrics, _ := p.do("GET", "/metrics", "")
		noticed = strings.Contains(string(metrics), "\nmatching_engine_journal_unreplayable 1\n")
	}
	if code, said := once(t, nil, "verify", p.dir); code != 1 || !strings.Contains(said, "is damaged at byte") {
		t.Fatalf("%d %s", code, said)
	}
	place40()
	if err := p.terminate(); err != nil {
		t.Fatal(err)
	}
	p.start()
	var status struct {
		Open int `json:"open_orders"`
	}
	if p.get(t, "/v1/status", &status); status.Open != n {
		t.Fatalf("%d of %d orders are open\n%s", status.Open, n, p.logs)
	}
	// This start replayed nothing of what is damaged, and says so until somebody has seen to it.
	unreplayable := func() string {
		_, metrics, _ := p.do("GET", "/metrics", "")
		_, value, _ := strings.Cut(string(metrics), "\nmatching_engine_journal_unreplayable ")
		return value[:1]
	}
	if unreplayable() != "1" || !strings.Contains(p.logs.String(), "an earlier process found that the journal on disk does not replay") {
		t.Fatalf("a later start passes over it\n%s", p.logs)
	}
	if err := p.terminate(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(p.dir, "unreplayable")); err != nil {
		t.Fatal(err)
	}
	if p.start(); unreplayable() != "0" {
		t.Fatal("it was seen to")
	}
}
