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

// oldestUpgradable is the oldest version of the matching rules whose releases leave a snapshot that this program can
// go on from. Releases of rules 1 left none.
const oldestUpgradable = 2

// permitRelease fails unless this release may take the place of the deployed one, whose rules version a file holds.
// With the same rules it may. With newer ones it is an upgrade: the deployed release leaves a snapshot when it stops,
// and this one goes on from there. With older ones it is a rollback across rules, and refused: what the newer rules
// decided cannot be read by older ones.
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
	said, err := permit(deployed, sequencer.RulesVersion)
	if said != "" {
		fmt.Println(said)
	}
	return err
}

func permit(deployed, own uint64) (said string, err error) {
	switch {
	case deployed == own:
		return "", nil
	case deployed > own:
		return "", fmt.Errorf("what is deployed runs matching rules %d, this release has %d: older rules cannot read what newer ones "+
			"decided, so nothing was changed. Stay with a release of rules %d, or, to go back, restore a back-up from before its rules came",
			deployed, own, deployed)
	case deployed < oldestUpgradable:
		return "", fmt.Errorf("what is deployed runs matching rules %d, this release has %d: releases of rules %d leave no snapshot that "+
			"newer rules could go on from, so nothing was changed. Stay with a release of rules %d, or begin a new log",
			deployed, own, deployed, deployed)
	}
	return fmt.Sprintf("an upgrade of the matching rules from %d to %d: the engine goes on from the snapshot that the deployed "+
		"release leaves when it is told to stop", deployed, own), nil
}
