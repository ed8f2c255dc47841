package journal

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

const unreplayableFile = "unreplayable"

// MarkUnreplayable keeps, beyond this process, that what lies on disk was found not to replay to what it says, and
// why. A start from the snapshot that the writer leaves replays none of that, and would look well.
func (j *Journal) MarkUnreplayable(reason string) error {
	return writeDurably(j.disk, filepath.Join(j.options.Dir, unreplayableFile), []byte(strings.TrimSpace(reason)+"\n"))
}

// Unreplayable is the reason of MarkUnreplayable, in this or an earlier process; empty: there is none. An operator
// removes the file. One that cannot be read is taken for a reason.
func (j *Journal) Unreplayable() (reason string) {
	content, err := readFile(j.disk, filepath.Join(j.options.Dir, unreplayableFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ""
	case err != nil:
		return err.Error()
	}
	return strings.TrimSpace(string(content))
}
