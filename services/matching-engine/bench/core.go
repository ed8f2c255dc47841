package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"daytrading/matching-engine/bench/clock"
	"daytrading/matching-engine/bench/contest"
	"daytrading/matching-engine/bench/workload"
)

// perWorkload is after how long no further round of a workload begins: a quiet machine needs a quarter of it.
const perWorkload = time.Minute

// measureCore lets the books take turns over each workload, on one core.
func measureCore(b *bench) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	sizes := workload.Full
	if b.quick {
		sizes = workload.Quick
	}
	var makers []contest.Maker
	for _, m := range contest.Makers {
		if chosen(b.makers, m.Name) {
			makers = append(makers, m)
		}
	}
	b.report.ClockNS = clock.Cost()
	began := time.Now()
	for i, name := range workload.Names {
		if !chosen(b.workloads, name) {
			continue
		}
		b.progress("%s: making its messages", name)
		w := workload.Generate(name, sizes, b.seed)
		debug.FreeOSMemory()
		rows, err := contest.Measure(&w, makers, b.rounds, began.Add(time.Duration(i+1)*perWorkload), func(text string) { b.progress("%s", text) })
		if err != nil {
			return err
		}
		b.report.Workloads = append(b.report.Workloads, rows...)
		b.report.About = append(b.report.About, About{Name: name, Says: w.Says, Setup: len(w.Setup)})
	}
	b.report.summarizeCore()
	return nil
}

// summarizeCore finds the worst of the workloads, and what the books took.
func (r *Report) summarizeCore() {
	textbook := map[string]float64{}
	for _, row := range r.Workloads {
		if row.Contestant == "textbook" {
			textbook[row.Workload] = row.MessagesPerSecond
		}
	}
	r.WorstMessages, r.WorstRatio = math.Inf(1), math.Inf(1)
	for _, row := range r.Workloads {
		if row.Contestant != counted {
			continue
		}
		r.WorstMessages = min(r.WorstMessages, row.MessagesPerSecond)
		r.Allocations = max(r.Allocations, row.AllocationsPer)
		if plain := textbook[row.Workload]; plain > 0 {
			r.WorstRatio = min(r.WorstRatio, row.MessagesPerSecond/plain)
		}
		if row.BytesPerRestingOrder > 0 {
			r.BytesPerOrder = row.BytesPerRestingOrder
		}
	}
	// Not every choice of books and workloads has them; infinity is no JSON.
	if math.IsInf(r.WorstMessages, 1) {
		r.WorstMessages = 0
	}
	if math.IsInf(r.WorstRatio, 1) {
		r.WorstRatio = 0
	}
}

// counted is the contestant whose figures are the engine's: the book with the look-ahead that the sequencer uses.
const counted = "engine-ahead"
