package main

import (
	endian "encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/sequencer"
)

// once runs a command of the program to its end; the exit code and everything it said.
func once(t *testing.T, environment []string, arguments ...string) (code int, said string) {
	t.Helper()
	command := exec.Command(binary, arguments...)
	command.Env = environment
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

func TestAReleaseMayTakeThePlaceOfOneWhoseRulesItCanGoOnFrom(t *testing.T) {
	if code, said := once(t, nil, "rules"); code != 0 || said != "2\n" || sequencer.RulesVersion != 2 {
		t.Fatalf("%d %q", code, said)
	}
	file := filepath.Join(t.TempDir(), "version")
	for _, c := range []struct {
		content, sentence string
		code              int
	}{
		{"2", "", 0},
		{"2\n", "", 0},
		{"3\n", "what is deployed runs matching rules 3, this release has 2: older rules cannot read what newer ones decided, so nothing was changed", 1},
		{"1", "releases of rules 1 leave no snapshot that newer rules could go on from, so nothing was changed", 1},
		{"", "does not hold a version of matching rules", 1},
		{"one", "does not hold a version of matching rules", 1},
		{"0", "does not hold a version of matching rules", 1},
	} {
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, said := once(t, nil, "permit-release", file); code != c.code || !strings.Contains(said, c.sentence) {
			t.Errorf("%q: %d %s", c.content, code, said)
		}
	}
	// A release from before there was such a file is not refused for it; a folder that nobody mounted is a mistake.
	if code, said := once(t, nil, "permit-release", file+"-missing"); code != 0 || !strings.Contains(said, "does not say") {
		t.Errorf("%d %s", code, said)
	}
	if code, said := once(t, nil, "permit-release", filepath.Join(file+"-missing", "version")); code != 1 || !strings.Contains(said, "no such file") {
		t.Errorf("%d %s", code, said)
	}
}

func TestReadyAsksTheEngineAtItsOwnAddress(t *testing.T) {
	p := newProcess(t)
	_, port, _ := strings.Cut(p.address, ":")
	for _, address := range []string{p.address, "0.0.0.0:" + port, ":" + port} {
		if code, said := once(t, []string{"LISTEN_ADDRESS=" + address}, "ready"); code != 1 || !strings.Contains(said, "refused") {
			t.Fatalf("nothing listens at %s: %d %s", address, code, said)
		}
	}
	p.start()
	for _, address := range []string{p.address, "0.0.0.0:" + port, ":" + port} {
		if code, said := once(t, []string{"LISTEN_ADDRESS=" + address}, "ready"); code != 0 {
			t.Fatalf("%s: %d %s", address, code, said)
		}
	}
	if code, said := once(t, nil, "ready", "http://"+p.address+"/"); code != 0 {
		t.Fatalf("%d %s", code, said)
	}
	if code, said := once(t, nil, "ready", "http://"+p.address+"/elsewhere"); code != 1 || !strings.Contains(said, "not ready: 404") {
		t.Fatalf("%d %s", code, said)
	}
}

func TestNewerRulesGoOnFromASnapshotAndOlderOnesNever(t *testing.T) {
	for _, c := range []struct {
		deployed, own uint64
		refused       bool
		said          string
	}{
		{2, 2, false, ""},
		{2, 3, false, "from 2 to 3: the engine goes on from the snapshot"},
		{3, 2, true, ""},
		{1, 3, true, ""},
	} {
		said, err := permit(c.deployed, c.own)
		if (err != nil) != c.refused || !strings.Contains(said, c.said) {
			t.Errorf("%+v: %q %v", c, said, err)
		}
	}
}

// TestAJournalOfOtherRulesIsRefused makes a killed engine's segment one of rules 3, as a later release would have written it.
func TestAJournalOfOtherRulesIsRefused(t *testing.T) {
	p := newProcess(t)
	p.start()
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("not listed")
	}
	var status struct {
		Rules int `json:"rules_version"`
	}
	p.get(t, "/v1/status", &status)
	_, metrics, _ := p.do("GET", "/metrics", "")
	if status.Rules != 2 || !strings.Contains(string(metrics), `matching_engine_info{rules_version="2"} 1`) {
		t.Fatalf("%+v\n%s", status, metrics)
	}
	p.kill()
	segments, _ := filepath.Glob(filepath.Join(p.dir, "*.journal"))
	path := segments[len(segments)-1]
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const rules, checksum = 52, 60 // as ADR 17 draws the header
	endian.LittleEndian.PutUint32(content[rules:], 3)
	endian.LittleEndian.PutUint32(content[checksum:], crc32.Checksum(content[:checksum], crc32.MakeTable(crc32.Castagnoli)))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	environment := []string{"LISTEN_ADDRESS=" + p.address, "DATA_DIR=" + p.dir, "SERVICE_KEYS_FILE=" + p.caller.KeySetFile}
	for _, arguments := range [][]string{{"serve"}, {"verify", p.dir}} {
		code, said := once(t, environment, arguments...)
		if code != 1 || !strings.Contains(said, "was written by matching rules 3, and this program has 2") ||
			!strings.Contains(said, "Start a release that has rules 3") {
			t.Errorf("%v: %d %s", arguments, code, said)
		}
	}
}
