package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// osDisk is the operating system's file system.
type osDisk struct{}

// OSDisk is what Options.Disk is when it is nil: for who wraps it.
func OSDisk() Disk { return osDisk{} }

func (osDisk) MkdirAll(dir string) error    { return os.MkdirAll(dir, 0o700) }
func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) Remove(path string) error     { return os.Remove(path) }

func (osDisk) Names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func (osDisk) Open(path string) (File, error)      { return openFile(path, os.O_RDONLY) }
func (osDisk) OpenWrite(path string) (File, error) { return openFile(path, os.O_RDWR) }
func (osDisk) Create(path string) (File, error) {
	return openFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func (osDisk) SyncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func (osDisk) Free(dir string) (int64, error) {
	var volume syscall.Statfs_t
	if err := syscall.Statfs(dir, &volume); err != nil {
		return 0, err
	}
	return int64(volume.Bavail) * int64(volume.Bsize), nil
}

func (osDisk) Lock(path string) (io.Closer, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return file, nil
}

// osFile is a file of the operating system.
type osFile struct{ *os.File }

func openFile(path string, flags int) (File, error) {
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{file}, nil
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Allocate falls back on writing zeros where the file system cannot allocate.
func (f osFile) Allocate(bytes int64) error {
	size, err := f.Size()
	if err != nil || size >= bytes {
		return err
	}
	err = fallocate(f.File, bytes)
	if errors.Is(err, errors.ErrUnsupported) {
		return writeZeros(f, size, bytes)
	}
	return err
}

func (f osFile) Sync() error { return fdatasync(f.File) }
