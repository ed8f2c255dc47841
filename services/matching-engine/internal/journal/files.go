package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

const (
	logIDFile       = "log_id"
	lockFile        = "lock"
	temporarySuffix = ".tmp"
	idTextBytes     = 36
	zerosBytes      = 1 << 20
	copyBytes       = 1 << 20
)

var (
	ourTemporary = regexp.MustCompile(`^(log_id|readers|reserve|unreplayable|next-\d+\.journal|\d{20}\.(journal|snapshot|journal\.torn-\d+))\.tmp$`)

	errLocked = errors.New("another process holds the lock")
	zeros     [zerosBytes]byte
)

// writeDurably makes a file with a content: whole and on disk, or not there at all.
func writeDurably(disk Disk, path string, parts ...[]byte) error {
	temporary := path + temporarySuffix
	file, err := disk.Create(temporary)
	if err != nil {
		return err
	}
	position := int64(0)
	for _, part := range parts {
		if err == nil {
			_, err = file.WriteAt(part, position)
			position += int64(len(part))
		}
	}
	if err = syncAndClose(file, err); err != nil {
		_ = disk.Remove(temporary)
		return err
	}
	if err := disk.Rename(temporary, path); err != nil {
		_ = disk.Remove(temporary)
		return err
	}
	return disk.SyncDir(filepath.Dir(path))
}

// syncAndClose ends the writing of a file that went well so far.
func syncAndClose(file File, err error) error {
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}

// writeZeros overwrites what lies between two positions.
func writeZeros(file File, from, to int64) error {
	for from < to {
		n := min(to-from, zerosBytes)
		if _, err := file.WriteAt(zeros[:n], from); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// copyDurably copies a file to another folder, on whatever volume: whole and on disk, or not there at all.
func copyDurably(disk Disk, from, to string) error {
	source, err := disk.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	size, err := source.Size()
	if err != nil {
		return err
	}
	temporary := to + temporarySuffix
	target, err := disk.Create(temporary)
	if err != nil {
		return err
	}
	buffer := make([]byte, min(size, copyBytes))
	for at := int64(0); at < size && err == nil; at += int64(len(buffer)) {
		buffer = buffer[:min(size-at, int64(len(buffer)))]
		if err = readFull(source, buffer, at); err == nil {
			_, err = target.WriteAt(buffer, at)
		}
	}
	if err = syncAndClose(target, err); err == nil {
		err = disk.Rename(temporary, to)
	}
	if err != nil {
		_ = disk.Remove(temporary)
		return err
	}
	return disk.SyncDir(filepath.Dir(to))
}

// readFull reads exactly the buffer.
func readFull(file File, buffer []byte, at int64) error {
	n, err := file.ReadAt(buffer, at)
	if n == len(buffer) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readFile reads a whole small file.
func readFile(disk Disk, path string) ([]byte, error) {
	file, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	size, err := file.Size()
	if err != nil {
		return nil, err
	}
	content := make([]byte, size)
	return content, readFull(file, content, 0)
}

// readLogID is the identity of the log in the folder, or "" when the folder holds none.
func readLogID(disk Disk, dir string) (string, error) {
	content, err := readFile(disk, filepath.Join(dir, logIDFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	id := strings.TrimSpace(string(content))
	if len(id) != idTextBytes {
		return "", fmt.Errorf("the file %s in %s does not hold a UUID", logIDFile, dir)
	}
	return id, nil
}

// removeTemporary removes what a crash left of files that never got their names. Other files' owners may call theirs
// as we do: only names that the journal gives are taken away.
func removeTemporary(disk Disk, dir string) error {
	names, err := disk.Names(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if ourTemporary.MatchString(name) {
			if err := disk.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// noRoom is true of an error that says that a volume, or what we may have of it, is full.
func noRoom(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// sameBeginning compares two files as far as both go.
func sameBeginning(disk Disk, a, b string) (same bool, err error) {
	var files [2]File
	size := int64(-1)
	for i, path := range []string{a, b} {
		if files[i], err = disk.Open(path); err != nil {
			return false, err
		}
		defer files[i].Close()
		length, err := files[i].Size()
		if err != nil {
			return false, err
		}
		if size < 0 || length < size {
			size = length
		}
	}
	var chunks [2][]byte
	for i := range chunks {
		chunks[i] = make([]byte, min(size, copyBytes))
	}
	for at := int64(0); at < size; at += int64(len(chunks[0])) {
		for i, file := range files {
			chunks[i] = chunks[i][:min(size-at, int64(len(chunks[i])))]
			if err := readFull(file, chunks[i], at); err != nil {
				return false, err
			}
		}
		if !bytes.Equal(chunks[0], chunks[1]) {
			return false, nil
		}
	}
	return true, nil
}
