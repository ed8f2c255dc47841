package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"daytrading/matching-engine/internal/sequencer"
)

// permitRelease fails unless the release that is deployed, whose rules version a file holds, has the same rules as
// this one, which is to take its place: newer in an upgrade, older in a rollback. A journal is replayed only by the
// rules that wrote it, in either direction. (Once an engine can go on from a snapshot of another's state, the upgrade
// to its rules is permitted here.)
//
// A folder without the file is that of a release from before there was one: nothing is known against it, and the
// engine asks its journal itself when it starts.
func permitRelease(path string) error {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return err
		}
		fmt.Println("the deployed release does not say which matching rules it runs: the engine will see it in its journal")
		return nil
	}
	if err != nil {
		return err
	}
	deployed, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 32)
	if err != nil || deployed == 0 {
		return fmt.Errorf("%s does not hold a version of matching rules", path)
	}
	if deployed != sequencer.RulesVersion {
		return fmt.Errorf("what is deployed runs matching rules %d, this release has %d: a journal cannot be read by other rules, "+
			"so nothing was changed. Stay with a release of rules %d, or, to go back, restore a back-up from before its rules came",
			deployed, sequencer.RulesVersion, deployed)
	}
	return nil
}
