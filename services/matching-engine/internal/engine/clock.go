package engine

import (
	"fmt"
	"time"

	"daytrading/matching-engine/internal/failpoint"
)

// Clock is where time comes from.
type Clock interface {
	// Wall is nanoseconds since the Unix epoch; it may jump.
	Wall() int64
	// Monotonic is nanoseconds since some moment; it never goes back.
	Monotonic() int64
}

// SystemClock is the machine's clock.
type SystemClock struct{ started time.Time }

// NewSystemClock starts one.
func NewSystemClock() *SystemClock { return &SystemClock{started: time.Now()} }

// Wall is the machine's idea of the time, or what a fault test makes of it.
func (c *SystemClock) Wall() int64 { return failpoint.Now().UnixNano() }

// Monotonic is the time since the clock was made.
func (c *SystemClock) Monotonic() int64 { return time.Since(c.started).Nanoseconds() }

// journalTime goes on from the journal's last stamp, however the wall clock jumped in between.
type journalTime struct {
	clock Clock
	base  int64 // journal time when Monotonic was started
	start int64
	last  int64 // the last stamp given
}

func newJournalTime(clock Clock, lastStamp int64) *journalTime {
	base := max(lastStamp+1, clock.Wall())
	return &journalTime{clock: clock, base: base, start: clock.Monotonic(), last: lastStamp}
}

// now is the time that has gone on since the start. It is safe for concurrent use.
func (t *journalTime) now() int64 { return t.base + t.clock.Monotonic() - t.start }

// next is a stamp later than every one before, at `now` or, when that was given, just behind. It counts as given only
// after take.
func (t *journalTime) next(now int64) int64 { return max(t.last+1, now) }

func (t *journalTime) take(stamp int64) { t.last = stamp }

// checkClock refuses a wall clock that is so far ahead of the log that it is more likely wrong than the engine was away
// for so long.
func checkClock(options *Options, lastStampNS int64) error {
	if lastStampNS == 0 || options.MaxClockJump == 0 {
		return nil
	}
	wall := options.Clock.Wall()
	if ahead := time.Duration(wall - lastStampNS); wall > lastStampNS && ahead > options.MaxClockJump {
		return fmt.Errorf("the wall clock says %s, which is %s after the log's end: more than MAX_CLOCK_JUMP (%s) allows. "+
			"Journal time never goes back, and orders expire by it: set the clock right, or MAX_CLOCK_JUMP=0 once if it is",
			time.Unix(0, wall).UTC().Format(time.RFC3339), ahead.Truncate(time.Second), options.MaxClockJump)
	}
	return nil
}
