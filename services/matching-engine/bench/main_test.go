package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// One quick run of everything, on the service's real program: what it leaves has every figure that others read.
func TestAQuickRunMeasuresEverything(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "matching-engine")
	build := exec.Command("go", "build", "-o", program, "./cmd/matching-engine")
	build.Dir = ".."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	document := filepath.Join(folder, "engine.md")
	write(t, document, "before\n"+figuresBegin+"\nfigures of long ago\n"+figuresEnd+"\nafter\n")
	write(t, filepath.Join(folder, "differential.json"), `{"differential_commands": 17}`)
	write(t, filepath.Join(folder, "crash-points.json"), `{"crash_points": 23}`)
	b := &bench{started: time.Now(), options: options{quick: true, rounds: 1, seed: 5, out: folder, scratch: folder,
		engine: program, document: document}}
	if err := b.run(); err != nil {
		t.Fatal(err)
	}
	var figures map[string]any
	content, err := os.ReadFile(filepath.Join(folder, "engine-part.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &figures); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"durable_commands_under_way", "worst_messages_per_s", "worst_ratio_to_textbook", "durable_commands_per_s",
		"http_commands_per_s", "recovery_s", "snapshot_recovery_s", "bytes_per_order", "differential_commands", "crash_points"} {
		if value, ok := figures[name].(float64); !ok || value <= 0 {
			t.Errorf("%s is %v", name, figures[name])
		}
	}
	if _, ok := figures["allocations_per_message"].(float64); !ok {
		t.Errorf("allocations_per_message is %v", figures["allocations_per_message"])
	}
	recovery := figures["recovery"].(map[string]any)
	for _, name := range []string{"whole_program_s", "snapshot_program_s"} {
		if value, ok := recovery[name].(float64); !ok || value <= 0 {
			t.Errorf("recovery has a %s of %v", name, recovery[name])
		}
	}
	if rows := figures["workloads"].([]any); len(rows) != 15 {
		t.Errorf("%d rows for five workloads and three books", len(rows))
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); !strings.HasPrefix(s, "before\n") || !strings.HasSuffix(s, "\nafter\n") ||
		strings.Contains(s, "long ago") || !strings.Contains(s, "| deep | engine |") {
		t.Errorf("the document is now %q", s)
	}
	if left, err := filepath.Glob(filepath.Join(folder, "bench-engine-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestNumbersAreRoundedToFourDigits(t *testing.T) {
	for n, want := range map[float64]string{0: "0", 7.6: "8", 999: "999", 1000: "1,000", 9999: "9,999", 12_345: "12,350",
		3_484_321: "3,484,000", 10_019_999: "10,020,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%f: %s, not %s", n, got, want)
		}
	}
}
