package publisher

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

const positionFile = "publisher.position"

// position is up to where the broker has confirmed the log.
type position struct {
	LogID    string `json:"log_id"`
	Sequence uint64 `json:"sequence"`
}

// readPosition is where to go on in a log: at its beginning when nothing, or another log's, is kept.
// A broken file also means the beginning: consumers ignore what they know.
func readPosition(dir, logID string) (uint64, error) {
	content, err := os.ReadFile(filepath.Join(dir, positionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	var kept position
	if json.Unmarshal(content, &kept) != nil || kept.LogID != logID {
		return 0, nil
	}
	return kept.Sequence, nil
}

// keepPosition replaces the file as a whole, durably: a crash leaves the old position or the new one.
func keepPosition(dir, logID string, sequence uint64) error {
	content, err := json.Marshal(position{LogID: logID, Sequence: sequence})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, positionFile)
	file, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
