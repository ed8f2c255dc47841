package contest

import (
	"fmt"
	"slices"
	"time"

	"daytrading/matching-engine/bench/workload"
)

// Row is what one contestant reached on one workload; medians over the rounds.
type Row struct {
	Workload             string  `json:"workload"`
	Contestant           string  `json:"contestant"`
	Messages             int     `json:"messages"`
	Rounds               int     `json:"rounds"`
	MessagesPerSecond    float64 `json:"messages_per_s"`      // of processor time
	SlowestPerSecond     float64 `json:"messages_per_s_min"`  // of the rounds
	FastestPerSecond     float64 `json:"messages_per_s_max"`  // of the rounds
	MessagesPerWall      float64 `json:"messages_per_wall_s"` // of the clock on the wall
	FillsPerSecond       float64 `json:"fills_per_s"`
	EventsPerMessage     float64 `json:"events_per_message"`
	AllocationsPer       float64 `json:"allocations_per_message"`
	P50NS                uint32  `json:"p50_ns"`
	P99NS                uint32  `json:"p99_ns"`
	P999NS               uint32  `json:"p999_ns"`
	BytesPerRestingOrder float64 `json:"bytes_per_order,omitempty"` // of the deep book
	Digest               string  `json:"events_digest"`
}

// Measure lets the makers' books take turns over a workload, so that what disturbs the machine for a while disturbs all.
// It fails when their events differ. No round but the first begins after a moment, so that a slow machine ends, too.
func Measure(w *workload.Workload, makers []Maker, rounds int, until time.Time, progress func(string)) ([]Row, error) {
	runs := make([][]Figures, len(makers))
	for round := range rounds {
		if round > 0 && time.Now().After(until) {
			progress(fmt.Sprintf("%s: %d rounds instead of %d, for lack of time", w.Name, round, rounds))
			break
		}
		for i, m := range makers {
			progress(fmt.Sprintf("%s, round %d of %d: %s", w.Name, round+1, rounds, m.Name))
			figures := Once(m, w)
			if first := runs[0]; len(first) > 0 && figures.Digest != first[0].Digest {
				return nil, fmt.Errorf("%s: the events of %s differ from those of %s", w.Name, m.Name, makers[0].Name)
			}
			runs[i] = append(runs[i], figures)
		}
	}
	rows := make([]Row, len(makers))
	for i, m := range makers {
		rows[i] = summary(w, m, runs[i])
		progress(fmt.Sprintf("%s, each message by itself: %s", w.Name, m.Name))
		samples := Latency(m, w)
		quantile := func(q float64) uint32 { return samples[int(q*float64(len(samples)-1))] }
		rows[i].P50NS, rows[i].P99NS, rows[i].P999NS = quantile(0.5), quantile(0.99), quantile(0.999)
		if w.Name == "deep" {
			rows[i].BytesPerRestingOrder = HeapPerOrder(m, w)
		}
	}
	return rows, nil
}

func summary(w *workload.Workload, m Maker, runs []Figures) Row {
	var speeds, walls, mallocs []float64
	for _, f := range runs {
		speeds = append(speeds, float64(f.Messages)/f.CPUSeconds)
		walls = append(walls, float64(f.Messages)/f.WallSeconds)
		mallocs = append(mallocs, float64(f.Mallocs)/float64(f.Messages))
	}
	n, digest := float64(runs[0].Messages), runs[0].Digest
	return Row{
		Workload: w.Name, Contestant: m.Name, Messages: runs[0].Messages, Rounds: len(runs),
		MessagesPerSecond: Median(speeds), SlowestPerSecond: slices.Min(speeds), FastestPerSecond: slices.Max(speeds),
		MessagesPerWall: Median(walls), AllocationsPer: Median(mallocs),
		FillsPerSecond:   Median(speeds) * float64(digest.Trades) / n,
		EventsPerMessage: float64(digest.Events) / n,
		Digest:           fmt.Sprintf("%016x", digest.Hash),
	}
}

// Median is the middle of the values, or between the two middle ones.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
