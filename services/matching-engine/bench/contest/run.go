package contest

import (
	"runtime"
	"slices"
	"syscall"
	"time"

	"daytrading/matching-engine/bench/clock"
	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/book"
)

// Figures are what one run of one contestant over one workload measured.
type Figures struct {
	Messages    int
	CPUSeconds  float64 // of the process, its garbage collector included
	WallSeconds float64
	Mallocs     uint64
	Digest      Digest
}

// drive gives a book all messages; every message's events are read before the next is decided.
func drive(c Contestant, messages []workload.Message, buffer []book.Event) (Digest, []book.Event) {
	var digest Digest
	for len(messages) > 0 {
		chunk := messages[:min(lookAhead, len(messages))]
		messages = messages[len(chunk):]
		c.Ahead(chunk)
		for i := range chunk {
			buffer = c.Apply(&chunk[i], buffer[:0])
			digest.Add(buffer)
		}
	}
	return digest, buffer
}

// events is room for what a message makes; a sweep of 200 levels stays below.
const events = 4096

// Once fills a new book and measures it over the workload's messages.
func Once(m Maker, w *workload.Workload) Figures {
	c := m.New()
	buffer := make([]book.Event, 0, events)
	_, buffer = drive(c, w.Setup, buffer)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, wall := cpuTime(), time.Now()
	digest, _ := drive(c, w.Messages, buffer)
	figures := Figures{Messages: len(w.Messages), CPUSeconds: (cpuTime() - cpu).Seconds(),
		WallSeconds: time.Since(wall).Seconds(), Digest: digest}
	runtime.ReadMemStats(&after)
	figures.Mallocs = after.Mallocs - before.Mallocs
	runtime.KeepAlive(c)
	return figures
}

// Latency measures each message by itself, in nanoseconds, sorted. The clock's own cost is in them.
func Latency(m Maker, w *workload.Workload) []uint32 {
	c := m.New()
	buffer := make([]book.Event, 0, events)
	_, buffer = drive(c, w.Setup, buffer)
	samples := make([]uint32, len(w.Messages))
	scale := clock.NanosecondsPerTick()
	runtime.GC()
	var digest Digest
	left, at := w.Messages, 0
	last := clock.Ticks()
	for len(left) > 0 {
		chunk := left[:min(lookAhead, len(left))]
		left = left[len(chunk):]
		c.Ahead(chunk) // counted to the first message of its chunk
		for i := range chunk {
			buffer = c.Apply(&chunk[i], buffer[:0])
			digest.Add(buffer)
			now := clock.Ticks()
			samples[at] = uint32(min(now-last, 1<<32-1))
			last = now
			at++
		}
	}
	runtime.KeepAlive(digest)
	slices.Sort(samples)
	for i, ticks := range samples {
		samples[i] = uint32(float64(ticks)*scale + 0.5)
	}
	return samples
}

// HeapPerOrder is how many bytes of heap a resting order takes once the workload's setup rests: the growth of what lives
// after a collection, through the number of orders. Everything is counted: ids, levels, spare room.
func HeapPerOrder(m Maker, w *workload.Workload) float64 {
	live := func() uint64 {
		runtime.GC()
		runtime.GC() // what finalizers and pools held in the first goes in the second
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	buffer := make([]book.Event, 0, events)
	before := live()
	c := m.New()
	_, buffer = drive(c, w.Setup, buffer)
	after := live()
	orders := c.Open()
	runtime.KeepAlive(c)
	runtime.KeepAlive(buffer)
	return float64(after-before) / float64(orders)
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
