package engine

import (
	"sync"
	"sync/atomic"
)

// inbox is what waits for the decider: bounded, taken as a whole under one lock, so that a call costs the decider
// less than a channel would.
type inbox struct {
	maxCommands int64
	commands    atomic.Int64 // of calls that wait: here, or in the decider's hands but not begun
	reads       atomic.Int64 // that are not answered yet
	wake        chan struct{}

	mutex    sync.Mutex
	calls    []*Call
	readings []*reading
	stopped  bool
}

func newInbox(maxCommands int64) *inbox {
	return &inbox{maxCommands: maxCommands, wake: make(chan struct{}, 1)}
}

func (b *inbox) putCall(c *Call) error {
	n := int64(len(c.Commands))
	if b.commands.Add(n) > b.maxCommands {
		b.commands.Add(-n)
		return ErrOverloaded
	}
	b.mutex.Lock()
	if b.stopped {
		b.mutex.Unlock()
		b.commands.Add(-n)
		return ErrStopping
	}
	b.calls = append(b.calls, c)
	b.mutex.Unlock()
	b.ring()
	return nil
}

// putReading takes a reading unless so many are not answered yet: waiting for the decider, or for an fsync.
func (b *inbox) putReading(r *reading, most int64) error {
	if b.reads.Add(1) > most {
		b.reads.Add(-1)
		return ErrOverloaded
	}
	b.mutex.Lock()
	if b.stopped {
		b.mutex.Unlock()
		b.reads.Add(-1)
		return ErrStopping
	}
	b.readings = append(b.readings, r)
	b.mutex.Unlock()
	b.ring()
	return nil
}

// ring wakes the decider, or leaves a sign that it need not go to sleep.
func (b *inbox) ring() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// stop refuses what comes later.
func (b *inbox) stop() {
	b.mutex.Lock()
	b.stopped = true
	b.mutex.Unlock()
	b.ring()
}

// take swaps what waits against the empty slices of the caller. Stopped and nothing there: there will be no more.
func (b *inbox) take(calls []*Call, readings []*reading) (_ []*Call, _ []*reading, stopped bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	calls, b.calls = b.calls, calls[:0]
	readings, b.readings = b.readings, readings[:0]
	return calls, readings, b.stopped
}

func (b *inbox) isStopped() bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.stopped
}
