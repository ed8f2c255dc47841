package journal

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// sectorBytes is what a power cut leaves whole or not at all. Smaller than a real one, so that small groups
// tear in many ways.
const sectorBytes = 64

var errCut = errors.New("simulated: the process is gone")

// fault is what happens at one operation of a simulated disk.
type fault int

const (
	noFault  fault = iota
	powerCut       // the process ends, and of what was not synced anything may be lost
	kill           // the process ends; the system keeps what it was given
	failure        // the operation fails once; what it was to do is done in part or not
	full           // from here on there is no room, for a while
)

// simDisk is a file system in memory that keeps apart what programs see and what has reached the disk. Every
// operation that changes something is counted, and a fault can be set at each.
type simDisk struct {
	mutex      sync.Mutex // guards all, files' contents too: an operation is one moment
	random     *rand.Rand
	operations int
	faultAt    int // number of the operation; 0: none
	fault      fault
	happened   bool // the fault did
	gone       bool // the process has ended: nothing works until restart
	noRoom     bool
	freed      int64 // while there is no room: what was given back, and can be had again
	failRead   int   // the read that fails from now on; 0: none
	volumes    bool  // every folder is a volume of its own
	generation int   // of processes; handles of an earlier one are dead

	seen    map[string]*inode
	kept    map[string]*inode // names on the disk
	renames []naming          // that are not on the disk yet
}

// naming is an atomic change of names.
type naming struct {
	unlink, link string // either may be empty
	inode        *inode
}

// inode is a file's content.
type inode struct {
	seen    []byte
	kept    []byte
	changes []change // that are not on the disk yet. A failed sync forgets them, and shows them nevertheless
}

// change is a write, or a new size when bytes is nil.
type change struct {
	position int64
	bytes    []byte
}

func newSimDisk(seed uint64) *simDisk {
	return &simDisk{random: rand.New(rand.NewPCG(seed, 1)), seen: map[string]*inode{}, kept: map[string]*inode{},
		volumes: seed%2 == 1}
}

// operate counts an operation and says what becomes of it: whether it is done, and with what error.
func (d *simDisk) operate() (do bool, err error) {
	if d.gone {
		return false, errCut
	}
	d.operations++
	if d.operations != d.faultAt {
		return true, nil
	}
	d.happened = true
	switch d.fault {
	case powerCut, kill:
		d.gone = true
		return d.random.IntN(2) == 0, errCut
	case failure:
		return d.random.IntN(2) == 0, syscall.EIO
	case full:
		d.noRoom, d.freed = true, 0
	}
	return true, nil
}

// grow takes what a file needs to be longer; false when there is no room for it.
func (d *simDisk) grow(bytes int64) bool {
	if bytes <= 0 || !d.noRoom {
		return true
	}
	if bytes > d.freed {
		return false
	}
	d.freed -= bytes
	return true
}

// read says whether a read fails.
func (d *simDisk) read() error {
	if d.gone {
		return errCut
	}
	if d.failRead > 0 {
		if d.failRead--; d.failRead == 0 {
			d.happened = true
			return syscall.EIO
		}
	}
	return nil
}

// setRoom makes the volume full, or not any more.
func (d *simDisk) setRoom(room bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.noRoom, d.freed = !room, 0
}

// isFull and isGone say how it is at this moment.
func (d *simDisk) isFull() bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.noRoom
}

func (d *simDisk) isGone() bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.gone
}

// end ends the process from outside.
func (d *simDisk) end() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.gone = true
}

// size of a file as programs see it; 0: there is none.
func (d *simDisk) size(path string) int64 {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if f := d.seen[path]; f != nil {
		return int64(len(f.seen))
	}
	return 0
}

// restart is a new process on what the last one left, after a power cut or not.
func (d *simDisk) restart(cut bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.gone, d.failRead = false, 0
	d.generation++
	if !cut {
		return
	}
	ordered := d.random.IntN(2) == 0 // as journaling file systems do
	survive := d.random.IntN(len(d.renames) + 1)
	for i, n := range d.renames {
		if ordered && i < survive || !ordered && d.random.IntN(2) == 0 {
			n.apply(d.kept)
		}
	}
	d.renames = nil
	d.seen = maps.Clone(d.kept)
	for _, path := range slices.Sorted(maps.Keys(d.kept)) {
		d.kept[path].cut(d.random)
	}
}

func (n naming) apply(names map[string]*inode) {
	if n.unlink != "" {
		delete(names, n.unlink)
	}
	if n.link != "" {
		names[n.link] = n.inode
	}
}

// cut keeps any part of the changes that were not synced, sector by sector, and shows what is on the disk then.
func (f *inode) cut(random *rand.Rand) {
	all, none := random.IntN(4) == 0, random.IntN(4) == 0
	for _, c := range f.changes {
		for _, piece := range c.sectors() {
			if all || !none && random.IntN(2) == 0 {
				f.kept = piece.apply(f.kept)
			}
		}
	}
	f.changes = nil
	f.seen = slices.Clone(f.kept)
}

func (c change) sectors() []change {
	if c.bytes == nil {
		return []change{c}
	}
	var pieces []change
	for position, rest := c.position, c.bytes; len(rest) > 0; {
		n := min(int64(len(rest)), sectorBytes-position%sectorBytes)
		pieces = append(pieces, change{position, rest[:n:n]})
		position, rest = position+n, rest[n:]
	}
	return pieces
}

func (c change) apply(to []byte) []byte {
	if c.bytes == nil {
		if int64(len(to)) >= c.position {
			return to[:c.position:c.position]
		}
		return append(to, make([]byte, c.position-int64(len(to)))...)
	}
	if end := int(c.position) + len(c.bytes); len(to) < end {
		to = append(to, make([]byte, end-len(to))...)
	}
	copy(to[c.position:], c.bytes)
	return to
}

func (f *inode) change(c change) {
	f.seen = c.apply(f.seen)
	f.changes = append(f.changes, c)
}

func (d *simDisk) name(n naming) {
	for _, gone := range []string{n.link, n.unlink} {
		if f := d.seen[gone]; f != nil && f != n.inode {
			d.freed += int64(len(f.seen))
		}
	}
	n.apply(d.seen)
	d.renames = append(d.renames, n)
}

func (d *simDisk) MkdirAll(string) error { return nil }

func (d *simDisk) Names(dir string) ([]string, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.gone {
		return nil, errCut
	}
	var names []string
	for path := range d.seen {
		if filepath.Dir(path) == dir {
			names = append(names, filepath.Base(path))
		}
	}
	slices.Sort(names)
	return names, nil
}

func (d *simDisk) Open(path string) (File, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if err := d.read(); err != nil {
		return nil, err
	}
	f := d.seen[path]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	return &simFile{d, f, d.generation}, nil
}

func (d *simDisk) OpenWrite(path string) (File, error) { return d.Open(path) }

func (d *simDisk) Create(path string) (File, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	do, err := d.operate()
	f := d.seen[path]
	if f == nil && d.noRoom && d.freed == 0 {
		return nil, errors.Join(err, syscall.ENOSPC)
	}
	if do && f == nil {
		f = &inode{}
		d.name(naming{link: path, inode: f})
	} else if do {
		d.freed += int64(len(f.seen))
		f.change(change{})
	}
	if err != nil {
		return nil, err
	}
	return &simFile{d, f, d.generation}, nil
}

func (d *simDisk) Rename(from, to string) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.volumes && filepath.Dir(from) != filepath.Dir(to) {
		return syscall.EXDEV
	}
	do, err := d.operate()
	if !d.gone && d.seen[from] == nil {
		return fs.ErrNotExist
	}
	if do && d.seen[from] != nil {
		d.name(naming{from, to, d.seen[from]})
	}
	return err
}

func (d *simDisk) Remove(path string) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	do, err := d.operate()
	if !d.gone && d.seen[path] == nil {
		return fs.ErrNotExist
	}
	if do {
		d.name(naming{unlink: path})
	}
	return err
}

func (d *simDisk) SyncDir(dir string) error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	do, err := d.operate()
	if !do || d.gone {
		return err
	}
	var later []naming
	for _, n := range d.renames {
		if filepath.Dir(n.link) == dir || filepath.Dir(n.unlink) == dir {
			n.apply(d.kept)
		} else {
			later = append(later, n)
		}
	}
	d.renames = later
	return err
}

func (d *simDisk) Free(string) (int64, error)     { return 1 << 30, nil }
func (d *simDisk) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// simFile is an open file.
type simFile struct {
	disk       *simDisk
	inode      *inode
	generation int
}

func (f *simFile) operate() (bool, error) {
	if f.generation != f.disk.generation {
		return false, errCut
	}
	return f.disk.operate()
}

func (f *simFile) Close() error { return nil }

func (f *simFile) Size() (int64, error) {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	return int64(len(f.inode.seen)), nil
}

func (f *simFile) ReadAt(to []byte, position int64) (int, error) {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	if f.generation != f.disk.generation {
		return 0, errCut
	}
	if err := f.disk.read(); err != nil {
		return 0, err
	}
	if position >= int64(len(f.inode.seen)) {
		return 0, io.EOF
	}
	n := copy(to, f.inode.seen[position:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

func (f *simFile) WriteAt(bytes []byte, position int64) (int, error) {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	do, err := f.operate()
	if do && !f.disk.grow(position+int64(len(bytes))-int64(len(f.inode.seen))) {
		return 0, errors.Join(err, syscall.ENOSPC)
	}
	if err != nil { // some of it may have been taken
		bytes = bytes[:f.disk.random.IntN(len(bytes)+1)]
	}
	if do && len(bytes) > 0 {
		f.inode.change(change{position, slices.Clone(bytes)})
	}
	return len(bytes), err
}

func (f *simFile) Truncate(bytes int64) error {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	do, err := f.operate()
	if do {
		f.disk.freed += max(int64(len(f.inode.seen))-bytes, 0)
		f.inode.change(change{position: bytes})
	}
	return err
}

func (f *simFile) Allocate(bytes int64) error {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	do, err := f.operate()
	if do && !f.disk.grow(bytes-int64(len(f.inode.seen))) {
		return errors.Join(err, syscall.ENOSPC)
	}
	if do && int64(len(f.inode.seen)) < bytes {
		f.inode.change(change{position: bytes})
	}
	return err
}

// Sync that fails has written some sectors, and the system takes all of them for written from then on.
func (f *simFile) Sync() error {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	_, err := f.operate()
	if f.disk.gone || errors.Is(err, errCut) {
		return err
	}
	for _, c := range f.inode.changes {
		for _, piece := range c.sectors() {
			if err == nil || f.disk.random.IntN(2) == 0 {
				f.inode.kept = piece.apply(f.inode.kept)
			}
		}
	}
	f.inode.changes = nil
	return err
}
