package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestNothingIsDeletedByPositionsThatAreNotOnDisk(t *testing.T) {
	var fail atomic.Bool
	disk := &faultyDisk{create: func(path string) error {
		if fail.Load() && strings.HasSuffix(path, readersFile+temporarySuffix) {
			return syscall.EIO
		}
		return nil
	}}
	o := options(t.TempDir(), 4096)
	o.Disk = disk
	j, _ := archived(t, o)
	if err := j.Confirm("reader", 1); err != nil {
		t.Fatal(err)
	}
	if err := j.readers.flush(); err != nil {
		t.Fatal(err)
	}
	fail.Store(true)
	if err := j.Confirm("reader", j.LastSequence()); err != nil {
		t.Fatal(err)
	}
	if n, err := j.DeleteArchived(time.Nanosecond, 0); n != 0 || !errors.Is(err, syscall.EIO) {
		t.Fatalf("%d segments were deleted, which the reader asks for after a crash: %v", n, err)
	}
	fail.Store(false)
	if n, err := j.DeleteArchived(time.Nanosecond, 0); n == 0 || err != nil {
		t.Fatal(n, err)
	}
}

func TestReadersThatAreNamedOrLostProtectEverything(t *testing.T) {
	o := options(t.TempDir(), 4096)
	o.Readers = []string{"trading", "audit-log"}
	j, _ := archived(t, o)
	deleted := func() int {
		t.Helper()
		n, err := j.DeleteArchived(time.Nanosecond, 0)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	confirm := func(name string) {
		t.Helper()
		if err := j.Confirm(name, j.LastSequence()); err != nil {
			t.Fatal(err)
		}
	}
	confirm("trading.settlement")
	if n := deleted(); n != 0 {
		t.Fatal("the audit log has read nothing yet:", n)
	}
	confirm("audit-log")
	j.Close()
	if err := os.Remove(filepath.Join(o.Dir, readersFile)); err != nil {
		t.Fatal(err)
	}
	j, _ = open(t, o)
	confirm("trading.settlement")
	confirm("audit-log")
	if n := deleted(); n != 0 {
		t.Fatal("others may have had positions in the lost file:", n)
	}
	if !j.Forget(unknownReader) {
		t.Fatal(j.Positions())
	}
	if n := deleted(); n == 0 {
		t.Fatal("nothing is deleted although an operator released it")
	}
}

func TestNoServiceTakesTheReadersOfOthers(t *testing.T) {
	o := options(t.TempDir(), 4096)
	o.Readers = []string{"late"}
	j, _ := open(t, o)
	var err error
	n := 0
	for ; n < maxReaders && err == nil; n++ {
		err = j.Confirm(fmt.Sprintf("greedy.%d", n), 0)
	}
	if !errors.Is(err, ErrTooManyReaders) || n > maxReadersPerService+1 {
		t.Fatal(n, err)
	}
	for n = 0; len(j.Positions()) < maxReaders; n++ {
		if err := j.Confirm(fmt.Sprintf("service%d", n), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Confirm("one-more", 0); !errors.Is(err, ErrTooManyReaders) {
		t.Fatal(err)
	}
	for _, name := range []string{publisherReader, "late"} {
		if err := j.Confirm(name, 0); err != nil {
			t.Fatal(name, err)
		}
	}
}
