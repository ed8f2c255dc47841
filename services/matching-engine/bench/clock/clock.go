// Package clock reads a counter that is cheap enough to be read after every message: on amd64 the processor's time stamp
// counter (some 10 ns under a hypervisor, a quarter of what time.Now takes), elsewhere the runtime's clock.
package clock

import "time"

// NanosecondsPerTick compares the counter with the monotonic clock, over 50 ms.
func NanosecondsPerTick() float64 {
	began, first := time.Now(), Ticks()
	for time.Since(began) < 50*time.Millisecond {
	}
	last, took := Ticks(), time.Since(began)
	return float64(took.Nanoseconds()) / float64(last-first)
}

// Cost is what a reading costs, in nanoseconds: the mean of many.
func Cost() float64 {
	const readings = 1 << 16
	first := Ticks()
	for range readings {
		Ticks()
	}
	return float64(Ticks()-first) / readings * NanosecondsPerTick()
}
