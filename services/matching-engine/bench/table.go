package main

import (
	"fmt"
	"strings"
)

// Markdown is the report as tables.
func (r *Report) Markdown() string {
	var t text
	t.line("Measured %s at commit %s, in %.0f s, on %s.", r.MeasuredAt, r.Commit, r.Seconds, r.Machine)
	if r.Quick {
		t.line("**A quick run: it shows that everything works, and nothing else.**")
	}
	if !r.Quick {
		t.goals(r)
	}
	t.core(r)
	t.rest(r)
	return t.String()
}

type text struct{ strings.Builder }

func (t *text) line(format string, values ...any) { fmt.Fprintf(t, format+"\n", values...) }

// goal is what the engine is to reach, and what it reached; 0: not measured.
type goal struct {
	what    string
	wanted  string
	reached string
	holds   bool
	known   bool
}

func (r *Report) goals() []goal {
	least := func(what string, wanted, got float64) goal {
		return goal{what, "at least " + thousands(wanted), thousands(got), got >= wanted, got > 0}
	}
	most := func(what, unit string, wanted, got float64, known bool) goal {
		return goal{what, fmt.Sprintf("below %g%s", wanted, unit), fmt.Sprintf("%.3g%s", got, unit), got < wanted, known}
	}
	core := r.WorstMessages > 0
	return []goal{
		least("messages/s, one core, worst workload", 5_000_000, r.WorstMessages),
		{"the same, never less than", "3,000,000", thousands(r.WorstMessages), r.WorstMessages >= 3e6, core},
		{"times the textbook book, worst workload", "-", fmt.Sprintf("%.1f", r.WorstRatio), true, r.WorstRatio > 0},
		{"allocations a message", "0", fmt.Sprintf("%.6f", r.Allocations), r.Allocations < 0.0001, core},
		most("heap of a resting order", " bytes", 100, r.BytesPerOrder, r.BytesPerOrder > 0),
		least(fmt.Sprintf("commands/s, journal and group fsync, in process, %s under way", thousands(float64(r.DurableDepth))), 450_000, r.Durable),
		least(fmt.Sprintf("commands/s over HTTP, 64 connections, calls of 16, %s", r.HTTPForm), 200_000, r.HTTP),
		most("recovery of the whole journal, wall clock", " s", 10, r.RecoverySeconds, r.RecoverySeconds > 0),
		most("recovery from a snapshot, wall clock", " s", 2, r.SnapshotSeconds, r.SnapshotSeconds > 0),
	}
}

func (t *text) goals(r *Report) {
	t.line("\n| goal | wanted | measured | |\n|---|---|---|---|")
	for _, g := range r.goals() {
		verdict := "reached"
		switch {
		case !g.known:
			verdict, g.reached = "not measured", ""
		case g.wanted == "-":
			verdict = ""
		case !g.holds:
			verdict = "**missed**"
		}
		t.line("| %s | %s | %s | %s |", g.what, g.wanted, g.reached, verdict)
	}
}

func (t *text) core(r *Report) {
	if len(r.Workloads) == 0 {
		return
	}
	t.line("\n| workload | book | messages/s | (min to max) | p50 | p99 | p99.9 ns | events a message | fills/s | allocations a message | bytes an order |")
	t.line("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, row := range r.Workloads {
		fills, bytes := "", ""
		if row.Workload == "sweeps" {
			fills = thousands(row.FillsPerSecond)
		}
		if row.BytesPerRestingOrder > 0 {
			bytes = fmt.Sprintf("%.0f", row.BytesPerRestingOrder)
		}
		t.line("| %s | %s | %s | %.2f to %.2f M | %d | %d | %d | %.2f | %s | %.4f | %s |", row.Workload, row.Contestant,
			thousands(row.MessagesPerSecond), row.SlowestPerSecond/1e6, row.FastestPerSecond/1e6,
			row.P50NS, row.P99NS, row.P999NS, row.EventsPerMessage, fills, row.AllocationsPer, bytes)
	}
	t.line("\nThe percentiles hold the clock's own %.0f ns.", r.ClockNS)
}

func (t *text) rest(r *Report) {
	if len(r.Disk) > 0 {
		t.line("\n| fdatasync of this disk, after writing | p50 | p99 | longest |\n|---|---|---|---|")
		for _, d := range r.Disk {
			t.line("| %s bytes | %.0f us | %.0f us | %.0f us |", thousands(float64(d.Bytes)), d.P50US, d.P99US, d.MaxUS)
		}
	}
	if len(r.DurableRows) > 0 {
		t.line("\n| in process, commands under way | commands/s | (min to max) | answer p50 | p99 | longest | commands a group | processor time a command |\n|---|---|---|---|---|---|---|---|")
		for _, d := range r.DurableRows {
			t.line("| %s | %s | %s | %.2f ms | %.2f ms | %.2f ms | %.0f | %.2f us |", thousands(float64(d.Depth)), thousands(d.CommandsPerSecond),
				d.Spread.of(thousands), d.P50MS, d.P99MS, d.MaxMS, d.GroupCommands, d.CPUMicroseconds)
		}
	}
	if len(r.HTTPRows) > 0 {
		t.line("\n| HTTP, 64 connections, calls of 16 | commands/s | (min to max) | answer p50 | p99 | engine's processor time a command | client's |\n|---|---|---|---|---|---|---|")
		for _, h := range r.HTTPRows {
			t.line("| %s | %s | %s | %.2f ms | %.2f ms | %.2f us | %.2f us |", h.Form, thousands(h.CommandsPerSecond), h.Spread.of(thousands),
				h.P50MS, h.P99MS, h.EngineMicroseconds, h.ClientMicroseconds)
		}
	}
	if r.Recovery != nil {
		t.recovery(r.Recovery)
	}
}

// of writes the smallest and the largest figure.
func (s Spread) of(write func(float64) string) string {
	return write(s.Smallest) + " to " + write(s.Largest)
}

func (t *text) recovery(v *RecoveryRow) {
	seconds := func(s float64) string { return fmt.Sprintf("%.2f", s) }
	program := func(s float64) string {
		if s == 0 {
			return "not measured"
		}
		return seconds(s)
	}
	t.line("\n| recovery | commands | bytes read | seconds | (min to max) | of processor time | the program, until it is ready |\n|---|---|---|---|---|---|---|")
	t.line("| all of the journal | %s | %s | %.2f | %s | %.2f | %s |", thousands(float64(v.Commands)), thousands(float64(v.JournalBytes)),
		v.Whole.Seconds, v.Whole.Spread.of(seconds), v.Whole.CPUSeconds, program(v.WholeProgram))
	t.line("| a snapshot and the rest | %s | %s and %s | %.2f | %s | %.2f | %s |", thousands(float64(v.TailCommands)), thousands(float64(v.SnapshotBytes)),
		thousands(float64(v.TailBytes)), v.Snapshot.Seconds, v.Snapshot.Spread.of(seconds), v.Snapshot.CPUSeconds, program(v.SnapshotProgram))
}

// Next is what to do with the figures.
func (r *Report) Next() string {
	var t text
	missed := 0
	for _, g := range r.goals() {
		if !r.Quick && g.known && !g.holds {
			missed++
			t.line("Missed: %s: %s (%s).", g.what, g.reached, g.wanted)
		}
	}
	if missed > 0 {
		t.line("Where the time goes: make bench-engine BENCH='-only core -workloads deep -books engine-ahead -cpuprofile /tmp/cpu'")
		t.line("and go tool pprof -top /tmp/cpu. Processor time is counted, but caches are shared: measure on a quiet machine.")
	}
	t.line("Into the document: make bench-engine BENCH=-document=docs/performance/engine.md")
	return t.String()
}

// thousands writes a number with commas, rounded to four digits.
func thousands(n float64) string {
	digits := fmt.Sprintf("%.0f", n)
	if whole := int64(n); whole >= 10_000 {
		scale := int64(1)
		for whole/scale >= 10_000 {
			scale *= 10
		}
		digits = fmt.Sprint((whole + scale/2) / scale * scale)
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
