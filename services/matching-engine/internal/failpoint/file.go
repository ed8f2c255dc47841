package failpoint

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// wallClock is what a setting calls the machine's clock.
const wallClock = "wall_clock"

var (
	shift atomic.Int64           // nanoseconds by which the wall clock is wrong
	file  atomic.Pointer[string] // nil: no file is followed
	read  fs.FileInfo            // the file that was read last
	again sync.Mutex             // guards read
)

// Follow lets a file arm points while the process runs: its text is a setting, and is read again, in the place of the
// one before, whenever another file has taken its name. What acts for the first time is appended to `<path>.acted` before
// it does, a line `<process id> <point> <action>` each. An empty path: there is none.
func Follow(path string) {
	if path == "" {
		file.Store(nil)
		return
	}
	file.Store(&path)
	readAgain()
}

// Now is the machine's wall clock, or what a test makes of it.
func Now() time.Time {
	readAgain()
	return time.Now().Add(time.Duration(shift.Load()))
}

func readAgain() {
	path := file.Load()
	if path == nil {
		return
	}
	found, err := os.Stat(*path)
	if err != nil {
		return
	}
	again.Lock()
	defer again.Unlock()
	if read != nil && os.SameFile(read, found) && read.ModTime().Equal(found.ModTime()) {
		return
	}
	read = found
	setting, err := os.ReadFile(*path)
	if err == nil {
		err = Arm(string(setting))
	}
	if err != nil {
		slog.Error("the file of failpoints cannot be used", "error", err)
	}
}

// tell notes what is about to act, in one write, which a kill -9 does not take back.
func tell(point, action string) {
	path := file.Load()
	if path == nil {
		return
	}
	told, err := os.OpenFile(*path+".acted", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		slog.Error("what a failpoint did cannot be noted", "error", err)
		return
	}
	_, _ = fmt.Fprintf(told, "%d %s %s\n", os.Getpid(), point, action)
	_ = told.Close()
}
