//go:build !amd64

package clock

import "time"

var start = time.Now()

// Ticks is the monotonic clock in nanoseconds.
func Ticks() uint64 { return uint64(time.Since(start)) }
