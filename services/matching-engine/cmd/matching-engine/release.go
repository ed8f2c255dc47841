package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"daytrading/matching-engine/internal/sequencer"
)

// permitRollback fails unless the release that is deployed, whose rules version a file holds, has the same rules as
// this one, to which it would be rolled back.
func permitRollback(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	deployed, err := strconv.ParseUint(strings.TrimSpace(string(content)), 10, 32)
	if err != nil || deployed == 0 {
		return fmt.Errorf("%s does not hold a version of matching rules", path)
	}
	if deployed != sequencer.RulesVersion {
		return fmt.Errorf("what is deployed runs matching rules %d, this release has %d: its journal cannot be read by other rules. "+
			"Keep the deployed release and mend it, or restore a backup from before its rules came", deployed, sequencer.RulesVersion)
	}
	return nil
}
