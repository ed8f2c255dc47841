package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"
)

const (
	retryRoomAfter    = time.Second
	smallSegmentBytes = 64 << 10 // beyond what it must hold, when there is no room for a usual one
	fillBytes         = 1 << 20  // zeros between two fsyncs of the filling, so that a group's fsync waits for few
	fillPause         = 4        // times as long as the last zeros took: most of the disk is left to the groups
	fillPauseAtLeast  = 10 * time.Millisecond
	noRoomFailpoint   = "no_room"
)

// room keeps the next segment allocated, ahead of its need: a full disk is found here, before anything is
// written. Then, while nobody needs the segment yet, it fills it with zeros, a little at a time: an fsync of blocks
// that were written before changes no metadata, and costs a group less.
type room struct {
	disk   Disk
	log    *slog.Logger
	dir    string
	usual  int64 // capacity of a segment
	inline bool

	mutex    sync.Mutex
	changed  *sync.Cond
	file     File // prepared; nil: none
	path     string
	made     int // files since the start: each has a name of its own, since one that was taken keeps it for a while
	capacity int64
	wanted   int64 // to prepare; 0: nothing
	working  bool
	failure  error     // of the last attempt that failed, until one for as much goes well
	failed   int64     // the smallest capacity that failed since then
	failedAt time.Time // when
	filled   int64     // of the prepared file, from its beginning
	filling  bool      // more of it, at this moment
	reserve  int64     // bytes that the reserve is to hold
	reserved int64     // that it is known to hold
	trims    []trim
	closed   bool
	wake     chan struct{} // to the goroutine; one place
	ended    chan struct{} // closed when the goroutine has returned
}

// trim is a sealed segment that still has allocated what it did not use.
type trim struct {
	file File
	end  int64
}

func newRoom(options *Options, disk Disk, log *slog.Logger) *room {
	r := &room{
		disk: disk, log: log, dir: options.Dir, usual: options.SegmentBytes, inline: options.inline,
		wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	r.changed = sync.NewCond(&r.mutex)
	if r.inline {
		close(r.ended)
	} else {
		go r.run()
	}
	return r
}

// run prepares what is wanted, tries again while that fails, and fills what is prepared.
func (r *room) run() {
	defer close(r.ended)
	again, more := time.NewTimer(time.Hour), time.NewTimer(time.Hour)
	defer again.Stop()
	defer more.Stop()
	for {
		select {
		case _, open := <-r.wake:
			if !open {
				return
			}
		case <-again.C:
		case <-more.C:
			pause, err := r.fill()
			if err != nil {
				again.Reset(retryRoomAfter)
			} else if pause > 0 {
				more.Reset(pause)
			}
			continue
		}
		if r.work() != nil {
			again.Reset(retryRoomAfter)
		}
		more.Reset(fillPauseAtLeast)
	}
}

// prepare asks for the next segment, for an end of the one that was sealed, and for a reserve that suits groups of a
// size.
func (r *room) prepare(sealed File, end, largestGroup int64) {
	r.mutex.Lock()
	if sealed != nil {
		r.trims = append(r.trims, trim{sealed, end})
	}
	r.reserve = reserveFor(r.usual, largestGroup)
	r.ask(r.usual)
	r.mutex.Unlock()
	if r.inline {
		if r.work() == nil {
			_, _ = r.fill()
		}
	}
}

// ask notes what is wanted, and wakes who makes it. Call it with the mutex held.
func (r *room) ask(capacity int64) {
	if r.file == nil || r.capacity < capacity {
		r.wanted = max(r.wanted, capacity)
		r.working = true
	}
	r.wakeUp()
}

// wakeUp has the goroutine look what is wanted. Call it with the mutex held.
func (r *room) wakeUp() {
	if r.inline || r.closed {
		return
	}
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// work does what was asked for, once.
func (r *room) work() error {
	r.mutex.Lock()
	trims, wanted, file, path := r.trims, r.wanted, r.file, r.path
	r.trims = nil
	if wanted > 0 {
		r.file = nil // it is being made larger, if it is there
	}
	if file == nil {
		r.filled = 0
	}
	r.mutex.Unlock()
	for _, t := range trims { // what is not cut is zeros, which harm nobody
		_ = t.file.Truncate(t.end)
		_ = t.file.Close()
	}
	reserving := r.keepReserve() // first: the next start is to serve reads, whatever comes of the commands
	if wanted == 0 {
		return reserving
	}
	file, path, err := r.make(file, path, wanted)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.file, r.path, r.working = file, path, false
	if err == nil {
		r.succeeded(wanted)
	} else {
		r.missed(wanted, unready(err))
	}
	r.changed.Broadcast()
	return errors.Join(err, reserving)
}

// succeeded notes that a segment of a capacity is there. Call it with the mutex held.
func (r *room) succeeded(capacity int64) {
	r.capacity = capacity
	if r.wanted <= capacity {
		r.wanted = 0
	}
	if r.failure != nil && capacity >= r.failed {
		r.failure, r.failed = nil, 0
		r.log.Info("the journal's next segment is there: commands are taken again")
	}
}

// missed notes that there is no segment of a capacity. Who wanted more than a usual one is told, and asks again if it
// must; what is tried again until it is there is the usual one. Call it with the mutex held.
func (r *room) missed(capacity int64, err error) {
	if r.failure == nil || capacity <= r.usual && r.failed > r.usual {
		r.log.Error("the journal's next segment cannot be prepared: commands that need it are refused until it is there",
			"error", err, "bytes", capacity)
	}
	if r.failure == nil {
		r.failed = capacity
	}
	r.failure, r.failed, r.failedAt = err, min(r.failed, capacity), time.Now()
	if r.wanted = r.usual; r.file != nil && r.capacity >= r.usual {
		r.wanted = 0
	}
	if capacity > r.usual {
		r.wakeUp()
	}
}

// unready is what Room says of a failure.
func unready(err error) error {
	if noRoom(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrUnready, err)
}

// make allocates a segment, or a larger one in place of the file. A failure leaves things as they were.
func (r *room) make(file File, path string, capacity int64) (_ File, _ string, err error) {
	before := int64(0)
	if file != nil {
		before, err = file.Size()
	} else {
		r.made++
		path = filepath.Join(r.dir, fmt.Sprintf("next-%d%s%s", r.made, segmentSuffix, temporarySuffix))
		file, err = r.disk.Create(path)
	}
	if err == nil {
		err = file.Allocate(capacity)
	}
	if err == nil {
		return file, path, nil
	}
	if before > 0 {
		_ = file.Truncate(before)
		return file, path, err
	}
	if file != nil {
		_ = file.Close()
		_ = r.disk.Remove(path)
	}
	return nil, "", err
}

// take gives the prepared file away, waiting for it when it is being made.
func (r *room) take(atLeast int64) (file File, path string, capacity int64, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for {
		if err := r.awaitLocked(atLeast); err != nil {
			return nil, "", 0, err
		}
		if !r.filling { // no zeros may come behind a record
			break
		}
		r.changed.Wait()
	}
	file, r.file = r.file, nil
	return file, r.path, r.capacity, nil
}

// await returns once a segment of a capacity is ready, or with the reason why it is not. While attempts fail
// it does not wait for the next one.
func (r *room) await(capacity int64) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.awaitLocked(capacity)
}

// awaitLocked is await with the mutex held, at its return, too.
func (r *room) awaitLocked(capacity int64) error {
	for asked := false; ; asked = true {
		switch {
		case r.file != nil && r.capacity >= capacity:
			return nil
		case r.closed:
			return ErrClosed
		case r.working && !r.inline:
		case r.refuses(capacity) && (asked || !r.inline && (capacity <= r.usual || time.Since(r.failedAt) < retryRoomAfter)):
			return r.failure
		}
		if !r.working {
			r.ask(capacity)
		}
		if r.inline {
			r.mutex.Unlock()
			_ = r.work()
			r.mutex.Lock()
			continue
		}
		r.changed.Wait()
	}
}

// refuses is true while an attempt to prepare as much or less is the last that failed. Call it with the mutex held.
func (r *room) refuses(capacity int64) bool { return r.failure != nil && capacity >= r.failed }

// now is await without waiting: while a segment is being prepared for the first time, it counts as ready.
func (r *room) now(capacity int64) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	switch {
	case r.closed:
		return ErrClosed
	case (r.file == nil || r.capacity < capacity) && r.refuses(capacity):
		return r.failure
	}
	return nil
}

// prepared is how much the prepared segment takes.
func (r *room) prepared() int64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.file == nil {
		return 0
	}
	return r.capacity - segmentHeaderBytes
}

// stop ends all waiting, for ever.
func (r *room) stop() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if !r.closed {
		r.closed = true
		close(r.wake)
		r.changed.Broadcast()
	}
}

// close gives back what is prepared.
func (r *room) close() {
	r.stop()
	<-r.ended
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.file != nil {
		_ = r.file.Close()
		_ = r.disk.Remove(r.path)
		r.file = nil
	}
	for _, t := range r.trims {
		_ = t.file.Truncate(t.end)
		_ = t.file.Close()
	}
}
