package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	readersFile          = "readers"
	maxReaders           = 256
	maxReadersPerService = 16 // of one name before the first dot
	flushReadersIn       = time.Second
	noPosition           = ^uint64(0)
	publisherReader      = "publisher" // the engine's own
	unknownReader        = "unknown"   // stands for readers whose positions were lost; it needs everything
)

// readers keeps up to where each reader of the log needs nothing more, so that no segment goes that somebody
// still has to read. A position that a crash loses is an earlier one again, which only keeps more.
type readers struct {
	disk     Disk
	log      *slog.Logger
	path     string
	inline   bool
	required []string // services that need everything until they have confirmed something

	writing sync.Mutex // one write at a time; taken before the mutex, and held while the disk works
	failing bool       // the last write failed; writing's

	mutex     sync.Mutex
	positions map[string]uint64
	kept      map[string]uint64 // the positions on disk
	timer     *time.Timer       // set while a write is to come
	closed    bool
}

// openReaders reads the positions. A log that is not at its beginning had them (keepNone): if the file is lost, a
// reader stands for all that are not known any more.
func openReaders(options *Options, disk Disk, log *slog.Logger, begins bool) (*readers, error) {
	r := &readers{
		disk: disk, log: log, path: filepath.Join(options.Dir, readersFile), inline: options.inline, required: options.Readers,
		positions: map[string]uint64{}, kept: map[string]uint64{},
	}
	content, err := readFile(disk, r.path)
	if errors.Is(err, fs.ErrNotExist) {
		if !begins {
			r.positions[unknownReader] = 0
			log.Warn("the readers' positions are lost: nothing is deleted until an operator forgets the reader that stands for them",
				"file", r.path, "reader", unknownReader)
		}
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &r.positions)
	}
	if err != nil {
		return nil, fmt.Errorf("read the readers' positions in %s: %w (without the file, nothing is deleted until an operator "+
			"forgets the reader %s)", r.path, err, unknownReader)
	}
	if r.positions == nil { // the file holds null
		r.positions = map[string]uint64{}
	}
	r.kept = maps.Clone(r.positions)
	return r, nil
}

// service is whose reader it is.
func service(reader string) string {
	name, _, _ := strings.Cut(reader, ".")
	return name
}

func (r *readers) set(name string, sequence uint64) error {
	r.mutex.Lock()
	before, known := r.positions[name]
	if !known && !r.mayAdd(name) {
		r.mutex.Unlock()
		return ErrTooManyReaders
	}
	r.positions[name] = sequence
	r.mutex.Unlock()
	if !known || before != sequence {
		r.touch()
	}
	return nil
}

// mayAdd says whether another reader is taken. No service takes the places of others; the engine's own reader and
// the required ones always have theirs. Call it with the mutex held.
func (r *readers) mayAdd(name string) bool {
	of := service(name)
	if name == publisherReader {
		return true
	}
	same := 0
	for reader := range r.positions {
		if service(reader) == of {
			same++
		}
	}
	for _, required := range r.required {
		if of == required && same == 0 {
			return true
		}
	}
	return same < maxReadersPerService && len(r.positions) < maxReaders
}

func (r *readers) forget(name string) bool {
	r.mutex.Lock()
	_, known := r.positions[name]
	delete(r.positions, name)
	r.mutex.Unlock()
	if known {
		r.touch()
	}
	return known
}

// touch sees to it that the positions are written soon, and once a second at most.
func (r *readers) touch() {
	if r.inline {
		_ = r.flush()
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.timer == nil && !r.closed {
		r.timer = time.AfterFunc(flushReadersIn, func() {
			r.mutex.Lock()
			r.timer = nil
			r.mutex.Unlock()
			if r.flush() != nil {
				r.touch()
			}
		})
	}
}

// flush makes the positions durable. It tells the log when that begins to fail, and when it no longer does.
func (r *readers) flush() error {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mutex.Lock()
	positions, same := maps.Clone(r.positions), maps.Equal(r.positions, r.kept)
	r.mutex.Unlock()
	if same {
		return nil
	}
	content, err := json.Marshal(positions)
	if err == nil {
		err = writeDurably(r.disk, r.path, content)
	}
	if err != nil && !r.failing {
		r.log.Warn("the readers' positions cannot be written; it is tried again every second", "error", err)
	}
	if err == nil && r.failing {
		r.log.Info("the readers' positions are written again")
	}
	if r.failing = err != nil; err == nil {
		r.mutex.Lock()
		r.kept = positions
		r.mutex.Unlock()
	}
	return err
}

func (r *readers) all() map[string]uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return maps.Clone(r.positions)
}

// highest is the reader that is farthest; nothing and 0 when there is none.
func (r *readers) highest() (name string, sequence uint64) {
	for reader, position := range r.all() {
		if position > sequence {
			name, sequence = reader, position
		}
	}
	return name, sequence
}

// lowest is up to where nobody needs anything.
func (r *readers) lowest() uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.lowestOf(r.positions)
}

// lowestKept is the same by what is on disk, too.
func (r *readers) lowestKept() uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return min(r.lowestOf(r.positions), r.lowestOf(r.kept))
}

func (r *readers) lowestOf(positions map[string]uint64) uint64 {
	lowest, of := noPosition, map[string]bool{}
	for reader, position := range positions {
		of[service(reader)] = true
		lowest = min(lowest, position)
	}
	for _, required := range r.required {
		if !of[required] {
			return 0
		}
	}
	return lowest
}

func (r *readers) close() {
	r.mutex.Lock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	r.mutex.Unlock()
	_ = r.flush()
}

// keepNone writes the file of a log that begins.
func (r *readers) keepNone() error { return writeDurably(r.disk, r.path, []byte("{}")) }

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
	defer j.toTidy()
	return j.readers.set(reader, sequence)
}

// Positions are the readers' confirmed sequences.
func (j *Journal) Positions() map[string]uint64 { return j.readers.all() }

// Forget drops a reader, so that nothing is kept for it; false when it is not known. A required reader that is
// forgotten needs everything again.
func (j *Journal) Forget(reader string) bool {
	defer j.toTidy()
	return j.readers.forget(reader)
}

// toTidy says that something may be put away or deleted that could not be before.
func (j *Journal) toTidy() {
	select {
	case j.tidy <- struct{}{}:
	default:
	}
}

// Tidy gives a value when a reader has confirmed something, or when the volume has no room, since it was last asked.
func (j *Journal) Tidy() <-chan struct{} { return j.tidy }
