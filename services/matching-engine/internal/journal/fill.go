package journal

import (
	"fmt"
	"time"
)

// fill writes some zeros into the prepared file, and says how long to wait before more; 0: there is no more. A file
// that does not take them is not used: what its volume does with records is as doubtful.
func (r *room) fill() (pause time.Duration, err error) {
	r.mutex.Lock()
	file, path, at := r.file, r.path, r.filled
	end := min(at+fillBytes, r.capacity)
	if file == nil || at >= end || r.closed {
		r.mutex.Unlock()
		return 0, nil
	}
	r.filling = true
	r.mutex.Unlock()
	began := time.Now()
	if err = writeZeros(file, at, end); err == nil {
		err = file.Sync()
	}
	if err != nil {
		err = fmt.Errorf("fill a segment with zeros: %w", err)
		_ = file.Close()
		_ = r.disk.Remove(path)
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.filling = false
	if r.filled = end; err != nil {
		r.file, r.filled = nil, 0
		r.missed(r.usual, unready(err))
	}
	r.changed.Broadcast()
	return max(fillPause*time.Since(began), fillPauseAtLeast), err
}
