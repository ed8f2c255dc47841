package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	logIDFile       = "log_id"
	lockFile        = "lock"
	temporarySuffix = ".tmp"
)

// writeDurably makes a file with a content: whole and on disk, or not there at all.
func writeDurably(path string, content []byte) error {
	temporary := path + temporarySuffix
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// lock keeps a second process out of the folder. The kernel drops the lock when the process ends, however
// it ends.
func lock(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("the data folder %s is in use by another matching engine", dir)
		}
		return nil, fmt.Errorf("lock the data folder %s: %w", dir, err)
	}
	return file, nil
}

// readLogID is the identity of the log in the folder, or "" when the folder holds none.
func readLogID(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, logIDFile))
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

// removeTemporary removes what a crash left of files that never got their names.
func removeTemporary(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, "*"+temporarySuffix))
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}
