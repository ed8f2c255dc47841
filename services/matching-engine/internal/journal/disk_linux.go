package journal

import (
	"errors"
	"os"
	"syscall"
)

func fallocate(file *os.File, bytes int64) error {
	return again(func() error { return syscall.Fallocate(int(file.Fd()), 0, 0, bytes) })
}

func fdatasync(file *os.File) error {
	return again(func() error { return syscall.Fdatasync(int(file.Fd())) })
}

// again repeats a call that a signal interrupted; nothing had failed then.
func again(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
