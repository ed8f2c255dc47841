package journal

import "io"

// Disk is all that the journal asks of a file system, so that tests can put one in its place that loses, tears
// and reorders what was not synced, and fails on purpose. Paths are cleaned.
type Disk interface {
	MkdirAll(dir string) error
	// Names of the files in a folder, sorted; nil when there is no such folder.
	Names(dir string) ([]string, error)
	// Open opens a file for reading. fs.ErrNotExist when there is none.
	Open(path string) (File, error)
	// OpenWrite opens an existing file for reading and writing.
	OpenWrite(path string) (File, error)
	// Create makes an empty file, or empties the one of that name, for reading and writing.
	Create(path string) (File, error)
	// Rename is atomic; syscall.EXDEV between volumes.
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
	// Free is how many bytes the volume of a folder still has for us.
	Free(dir string) (int64, error)
	// Lock keeps other processes out for as long as it is held; the system drops it when the process ends.
	Lock(path string) (io.Closer, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Size() (int64, error)
	Truncate(bytes int64) error
	// Allocate takes so many bytes of the volume and makes the file that long, with zeros behind what it holds.
	Allocate(bytes int64) error
	// Sync makes the content durable, and of the rest what is needed to read it (fdatasync).
	Sync() error
}
