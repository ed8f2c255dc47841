package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"daytrading/matching-engine/bench/contest"
)

// Report is what a run found, as engine.json has it. A figure that was not measured is 0.
type Report struct {
	WorstMessages    float64 `json:"worst_messages_per_s"`
	WorstRatio       float64 `json:"worst_ratio_to_textbook"`
	Durable          float64 `json:"durable_commands_per_s"`
	DurableDepth     int     `json:"durable_commands_under_way"` // of that figure
	HTTP             float64 `json:"http_commands_per_s"`
	HTTPForm         string  `json:"http_form"` // of that figure
	RecoverySeconds  float64 `json:"recovery_s"`
	SnapshotSeconds  float64 `json:"snapshot_recovery_s"`
	BytesPerOrder    float64 `json:"bytes_per_order"`
	Allocations      float64 `json:"allocations_per_message"`
	DifferentialRuns int64   `json:"differential_commands"`
	CrashPoints      int64   `json:"crash_points"`

	Workloads   []contest.Row `json:"workloads"`
	About       []About       `json:"about"`
	ClockNS     float64       `json:"clock_reading_ns"`
	Disk        []DiskRow     `json:"disk"`
	DurableRows []DurableRow  `json:"durable"`
	HTTPRows    []HTTPRow     `json:"http"`
	Recovery    *RecoveryRow  `json:"recovery"`

	Machine    Machine `json:"machine"`
	Commit     string  `json:"commit"`
	MeasuredAt string  `json:"measured_at"`
	Seconds    float64 `json:"seconds"`
	Quick      bool    `json:"quick"`
}

// About is what a workload stands for.
type About struct {
	Name  string `json:"name"`
	Says  string `json:"says"`
	Setup int    `json:"setup_messages"`
}

// readOthers takes over what other programs counted: the differential test and the journal's fault simulation leave
// their last runs' counts in the same folder.
func (r *Report) readOthers(folder string) {
	for _, other := range []struct {
		file string
		to   *int64
	}{{"differential.json", &r.DifferentialRuns}, {"crash-points.json", &r.CrashPoints}} {
		content, err := os.ReadFile(filepath.Join(folder, other.file))
		if err != nil {
			continue // it was not run here
		}
		var said struct {
			Commands    int64 `json:"differential_commands"`
			CrashPoints int64 `json:"crash_points"`
		}
		if json.Unmarshal(content, &said) == nil {
			*other.to = max(said.Commands, said.CrashPoints)
		}
	}
}

func (r *Report) write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// The marks between which a run's figures stand in a document.
const (
	figuresBegin = "<!-- figures: written by `make bench-engine BENCH=-document=...` -->"
	figuresEnd   = "<!-- end of the figures -->"
)

func replaceFigures(path, figures string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, begins := strings.Cut(string(content), figuresBegin)
	_, after, ends := strings.Cut(rest, figuresEnd)
	if !begins || !ends {
		return fmt.Errorf("%s lacks the marks of its figures", path)
	}
	text := before + figuresBegin + "\n\n" + strings.TrimSpace(figures) + "\n\n" + figuresEnd + after
	return os.WriteFile(path, []byte(text), 0o644)
}
