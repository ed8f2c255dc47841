//go:build !linux

package journal

import (
	"errors"
	"os"
)

func fallocate(*os.File, int64) error { return errors.ErrUnsupported }

func fdatasync(file *os.File) error { return file.Sync() }
