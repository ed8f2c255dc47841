package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"time"
)

const (
	readersFile    = "readers"
	maxReaders     = 64
	flushReadersIn = time.Second
)

// readers keeps up to where each reader of the log needs nothing more, so that no segment goes that somebody
// still has to read. A position that a crash loses is an earlier one again, which only keeps more.
type readers struct {
	disk   Disk
	log    *slog.Logger
	path   string
	inline bool

	mutex     sync.Mutex
	positions map[string]uint64
	changed   bool
	timer     *time.Timer // set while a write is to come
	closed    bool
}

func openReaders(options *Options, disk Disk, log *slog.Logger) (*readers, error) {
	r := &readers{
		disk: disk, log: log, path: filepath.Join(options.Dir, readersFile), inline: options.inline, positions: map[string]uint64{},
	}
	content, err := readFile(disk, r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &r.positions)
	}
	if err != nil {
		return nil, fmt.Errorf("read the readers' positions in %s: %w (without the file, they are unknown until the readers confirm "+
			"again)", r.path, err)
	}
	return r, nil
}

func (r *readers) set(name string, sequence uint64) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	before, known := r.positions[name]
	if !known && len(r.positions) == maxReaders {
		return ErrTooManyReaders
	}
	if !known || before != sequence {
		r.positions[name] = sequence
		r.touch()
	}
	return nil
}

func (r *readers) forget(name string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if _, known := r.positions[name]; !known {
		return false
	}
	delete(r.positions, name)
	r.touch()
	return true
}

// touch sees to it that the positions are written soon, and once a second at most. Call it with the mutex held.
func (r *readers) touch() {
	r.changed = true
	switch {
	case r.inline:
		r.write()
	case r.timer == nil && !r.closed:
		r.timer = time.AfterFunc(flushReadersIn, func() {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			r.timer = nil
			if r.write(); r.changed && !r.closed {
				r.touch()
			}
		})
	}
}

// write makes the positions durable. Call it with the mutex held.
func (r *readers) write() {
	if !r.changed || r.closed {
		return
	}
	content, err := json.Marshal(r.positions)
	if err == nil {
		err = writeDurably(r.disk, r.path, content)
	}
	if err != nil {
		r.log.Warn("the readers' positions cannot be written; it is tried again", "error", err)
		return
	}
	r.changed = false
}

func (r *readers) all() map[string]uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return maps.Clone(r.positions)
}

// highest is the reader that is farthest, and lowest the one that is not; nothing and 0, or the highest number,
// when there is none.
func (r *readers) highest() (name string, sequence uint64) {
	for reader, position := range r.all() {
		if position > sequence {
			name, sequence = reader, position
		}
	}
	return name, sequence
}

func (r *readers) lowest() uint64 {
	lowest := ^uint64(0)
	for _, position := range r.all() {
		lowest = min(lowest, position)
	}
	return lowest
}

func (r *readers) close() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.write()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
}

// Confirm keeps that a reader needs nothing up to a sequence, lower than before or not. It is on disk within
// about a second. ErrPastEnd, ErrTooManyReaders.
func (j *Journal) Confirm(reader string, sequence uint64) error {
	j.mutex.RLock()
	err, last := j.usable(), j.lastSequence
	j.mutex.RUnlock()
	if err != nil {
		return err
	}
	if sequence > last {
		return ErrPastEnd
	}
	return j.readers.set(reader, sequence)
}

// Positions are the readers' confirmed sequences.
func (j *Journal) Positions() map[string]uint64 { return j.readers.all() }

// Forget drops a reader, so that nothing is kept for it; false when it is not known.
func (j *Journal) Forget(reader string) bool { return j.readers.forget(reader) }
