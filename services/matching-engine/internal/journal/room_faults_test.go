package journal

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestAFileThatDoesNotTakeZerosTakesNoRecords, and the log says so.
func TestAFileThatDoesNotTakeZerosTakesNoRecords(t *testing.T) {
	var log bytes.Buffer
	var bad string
	failed := make(chan struct{})
	disk := &faultyDisk{write: func(path string) error {
		if !strings.Contains(path, "next-2") { // next-1 is the segment that the start begins
			return nil
		}
		if bad == "" {
			bad = path
			close(failed)
		}
		return syscall.EIO
	}}
	o := options(t.TempDir(), 1<<20)
	o.Disk, o.Log = disk, slog.New(slog.NewTextHandler(&log, nil))
	j, _ := open(t, o)
	<-failed
	err := j.Room(1 << 20)
	for errors.Is(err, ErrUnready) { // until another is prepared
		err = j.Room(1 << 20)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bad); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the bad file is still there:", err)
	}
	j.Close()
	if !strings.Contains(log.String(), "fill a segment with zeros") {
		t.Fatal(log.String())
	}
}

func TestOnlyWantOfRoomIsCalledSo(t *testing.T) {
	for _, c := range []struct{ err, want, not error }{
		{syscall.EMFILE, ErrUnready, ErrFull}, {syscall.EROFS, ErrUnready, ErrFull},
		{syscall.ENOSPC, ErrFull, ErrUnready}, {syscall.EDQUOT, ErrFull, ErrUnready},
	} {
		var fail atomic.Bool
		o := options(t.TempDir(), 4096)
		o.Disk = &faultyDisk{allocate: func(string) error {
			if fail.Load() {
				return c.err
			}
			return nil
		}}
		j, _ := open(t, o)
		if err := j.Room(4000); err != nil {
			t.Fatal(err)
		}
		fail.Store(true)
		err := j.Room(20_000)
		if !errors.Is(err, c.want) || errors.Is(err, c.not) || !errors.Is(err, c.err) || !Refusing(err) {
			t.Fatalf("%v is told as %v", c.err, err)
		}
		j.Close()
	}
}

// TestWhoWantsTooMuchStopsNobodyElse: a segment of the usual size is prepared nevertheless.
func TestWhoWantsTooMuchStopsNobodyElse(t *testing.T) {
	o := options(t.TempDir(), 64<<10)
	o.Disk = &smallDisk{limit: 200 << 10}
	j, _ := open(t, o)
	if err := j.Room(1 << 30); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	if err := j.RoomNow(1 << 30); !errors.Is(err, ErrFull) {
		t.Fatal("who only looks is told otherwise:", err)
	}
	for range 600 {
		g := groups(j.LastSequence()+1, 1)[0]
		if err := j.Room(int64(g.Bytes())); err != nil {
			t.Fatal(err)
		}
		appendAll(t, j, []*Group{g})
	}
}

func TestWhoOnlyLooksDoesNotWaitForTheVolume(t *testing.T) {
	hang, hangs := make(chan struct{}), make(chan struct{}, 100)
	var armed atomic.Bool
	o := options(t.TempDir(), 4096)
	o.Disk = &faultyDisk{allocate: func(string) error {
		if armed.Load() {
			hangs <- struct{}{}
			<-hang
		}
		return nil
	}}
	j, _ := open(t, o)
	if err := j.Room(4000); err != nil {
		t.Fatal(err)
	}
	armed.Store(true)
	waiting := make(chan error, 1)
	go func() { waiting <- j.Room(50_000) }()
	<-hangs
	if err := j.RoomNow(50_000); err != nil {
		t.Fatal(err)
	}
	close(hang)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
}

// budgetDisk is the real one with so many bytes for a folder and no more.
type budgetDisk struct {
	faultyDisk
	dir    string
	budget int64
}

type budgetFile struct {
	File
	disk *budgetDisk
}

func (d *budgetDisk) used() (used int64) {
	entries, _ := os.ReadDir(d.dir)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && !entry.IsDir() {
			used += info.Size()
		}
	}
	return used
}

func (d *budgetDisk) Create(path string) (File, error) {
	file, err := d.osDisk.Create(path)
	return budgetFile{file, d}, err
}

func (d *budgetDisk) OpenWrite(path string) (File, error) {
	file, err := d.osDisk.OpenWrite(path)
	if err != nil {
		return nil, err
	}
	return budgetFile{file, d}, nil
}

func (f budgetFile) grow(to int64) error {
	if size, err := f.Size(); err != nil || f.disk.used()+max(to-size, 0) > f.disk.budget {
		return errors.Join(err, syscall.ENOSPC)
	}
	return nil
}

func (f budgetFile) Allocate(bytes int64) error {
	if err := f.grow(bytes); err != nil {
		return err
	}
	return f.File.Allocate(bytes)
}

func (f budgetFile) WriteAt(content []byte, at int64) (int, error) {
	if err := f.grow(at + int64(len(content))); err != nil {
		return 0, err
	}
	return f.File.WriteAt(content, at)
}

// TestStartsOnACompletelyFullVolumeServeReads, one after the other, also with a torn group, and go on when there is room.
func TestStartsOnACompletelyFullVolumeServeReads(t *testing.T) {
	const segment = 256 << 10
	o := options(t.TempDir(), segment)
	j, _ := open(t, o)
	made := groups(1, 40)
	appendAll(t, j, made)
	for j.Stats().RoomBytes < segment { // until the reserve was kept, and the next segment
	}
	last := j.last().path
	j.Close()
	kept := recordsOf(made)
	for n := range 4 {
		torn := readAll(t, last)
		writeFile(t, last, append(torn, bytes.Repeat([]byte{0xff}, 700)...))
		disk := &budgetDisk{dir: o.Dir}
		disk.budget = disk.used()
		o.Disk, o.Log = disk, slog.New(slog.NewTextHandler(io.Discard, nil))
		j, r := open(t, o)
		if !same(r.records, kept) {
			t.Fatalf("start %d: %d records of %d", n, len(r.records), len(kept))
		}
		if got := read(t, j, 0); !same(got, kept) {
			t.Fatal("reads do not go on")
		}
		if err := j.Room(segment); !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		last = j.last().path
		j.Close()
	}
	o.Disk = nil
	j, _ = open(t, o)
	appendAll(t, j, groups(j.LastSequence()+1, 5))
}
