package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// fullDisk is the real one, on a volume that can be full.
type fullDisk struct {
	osDisk
	mutex sync.Mutex
	full  bool
}

type fullFile struct {
	File
	disk *fullDisk
}

func (d *fullDisk) set(full bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.full = full
}

func (d *fullDisk) Create(path string) (File, error) {
	file, err := d.osDisk.Create(path)
	return fullFile{file, d}, err
}

func (d *fullDisk) Lock(path string) (io.Closer, error) { return d.osDisk.Lock(path) }

func (f fullFile) Allocate(bytes int64) error {
	f.disk.mutex.Lock()
	defer f.disk.mutex.Unlock()
	if f.disk.full {
		return syscall.ENOSPC
	}
	return f.File.Allocate(bytes)
}

// TestAFullVolumeIsFoundBeforeTheWriteAndLeftAgain fills the volume, appends as long as Room allows, and
// then makes room.
func TestAFullVolumeIsFoundBeforeTheWriteAndLeftAgain(t *testing.T) {
	disk := &fullDisk{}
	o := options(t.TempDir(), 4096)
	o.Disk = disk
	j, _ := open(t, o)
	if err := j.Room(8000); err != nil { // the next segment is there, and one that is large enough
		t.Fatal(err)
	}
	disk.set(true)
	var err error
	n := 0
	for ; n < 1000; n++ {
		g := groups(j.LastSequence()+1, 1)[0]
		if err = j.Room(int64(g.Bytes())); err != nil {
			break
		}
		if err := j.Append(g); err != nil {
			t.Fatal("Room allowed what the volume does not hold:", err)
		}
	}
	if !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) || n < 20 {
		t.Fatalf("after %d groups: %v", n, err)
	}
	if got := read(t, j, 0); len(got) != n {
		t.Fatalf("%d records are read of %d", len(got), n)
	}
	disk.set(false)
	for j.Room(200) != nil { // the journal goes on trying by itself
	}
	appendAll(t, j, groups(j.LastSequence()+1, 50))
	j.Close()
	if _, r := open(t, o); len(r.records) <= n {
		t.Fatal("records were lost")
	}
	if left, _ := filepath.Glob(filepath.Join(o.Dir, "*"+temporarySuffix)); len(left) > 2 {
		t.Fatal("prepared files were left behind:", left)
	}
}

func TestAStartFindsRoomWhereAUsualSegmentHasNone(t *testing.T) {
	o := options(t.TempDir(), 1<<20)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 3))
	j.Close()
	o.Disk = &smallDisk{limit: 200 << 10}
	j, r := open(t, o)
	if len(r.records) != 6 {
		t.Fatal(len(r.records))
	}
	if err := j.Room(100); err != nil {
		t.Fatal("a small segment has room for a small group:", err)
	}
	if err := j.Room(100 << 10); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
}

// smallDisk gives no file more than a limit.
type smallDisk struct {
	osDisk
	limit int64
}

type smallFile struct {
	File
	limit int64
}

func (d *smallDisk) Create(path string) (File, error) {
	file, err := d.osDisk.Create(path)
	return smallFile{file, d.limit}, err
}

func (f smallFile) Allocate(bytes int64) error {
	if bytes > f.limit {
		return syscall.ENOSPC
	}
	return f.File.Allocate(bytes)
}

// TestRoomIsAskedForWhileSegmentsChange is for the race detector, and for a file that is prepared while the
// one before it gets its name.
func TestRoomIsAskedForWhileSegmentsChange(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	stop := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := j.Room(3000); err != nil {
					t.Error(err)
				}
				j.Stats()
			}
		}
	})
	made := groups(1, 200)
	appendAll(t, j, made)
	close(stop)
	asking.Wait()
	j.Close()
	if _, r := open(t, o); !same(r.records, recordsOf(made)) {
		t.Fatal("the replay differs from what was appended")
	}
}

func TestWhatWasAllocatedIsGivenBack(t *testing.T) {
	o := options(t.TempDir(), 1<<20)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 30))
	j.Close()
	var total int64
	entries, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && !entry.IsDir() {
			total += info.Size()
		}
	}
	if total -= reserveFor(o.SegmentBytes, 600); total > 20_000 {
		t.Fatalf("%d bytes lie in the folder of 60 small records", total)
	}
}

// TestASegmentIsTakenWhileItIsBeingFilled: no zeros come behind a record.
func TestASegmentIsTakenWhileItIsBeingFilled(t *testing.T) {
	o := options(t.TempDir(), 6*fillBytes)
	j, _ := open(t, o)
	filled := func() int64 {
		j.room.mutex.Lock()
		defer j.room.mutex.Unlock()
		return j.room.filled
	}
	for filled() == 0 || filled() == o.SegmentBytes { // the second: of the segment that was taken before
	}
	var g Group
	for n := range uint64(7) {
		g.Reset()
		g.Add(int64(n+1), n+1, 1, nil, make([]byte, fillBytes-1000))
		appendAll(t, j, []*Group{&g})
	}
	j.Close()
	if _, r := open(t, o); len(r.records) != 7 {
		t.Fatalf("%d records of 7", len(r.records))
	}
}
