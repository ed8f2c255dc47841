package checkpoint

import (
	"os"
	"syscall"
	"testing"
)

// volume is the number of the volume of a folder.
func volume(t *testing.T, dir string) uint64 {
	t.Helper()
	info, err := os.Stat(dir)
	if err != nil {
		t.Skip("this machine has no second volume to write to:", err)
	}
	return uint64(info.Sys().(*syscall.Stat_t).Dev)
}
