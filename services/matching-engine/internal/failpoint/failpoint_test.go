package failpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func hits(point string, count int) (failed []int) {
	for n := 1; n <= count; n++ {
		if errors.Is(Hit(point), Err) {
			failed = append(failed, n)
		}
	}
	return failed
}

func TestPointsActFromTheirHitOn(t *testing.T) {
	defer func() { _ = Arm("") }()
	if err := Arm("fsync=error@3, drop_answer=once@2"); err != nil {
		t.Fatal(err)
	}
	if got := hits(Fsync, 4); len(got) != 2 || got[0] != 3 {
		t.Errorf("error@3 failed at %v", got)
	}
	if got := hits(DropAnswer, 4); len(got) != 1 || got[0] != 2 {
		t.Errorf("once@2 failed at %v", got)
	}
	if got := hits(BeforeWrite, 4); got != nil {
		t.Errorf("an unarmed point failed at %v", got)
	}
}

func TestAWrongSettingIsRefused(t *testing.T) {
	for _, wrong := range []string{"fsync", "nowhere=exit", "fsync=explode", "fsync=error@0", "fsync=delay:x", "fsync=exit@"} {
		if Arm(wrong) == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	if err := Arm(""); err != nil || Hit(Fsync) != nil {
		t.Errorf("unset must be inert: %v", err)
	}
}

func TestAFileArmsAProcessThatRunsAndIsToldWhatActed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "failpoints")
	swap := func(setting string) {
		t.Helper()
		if err := os.WriteFile(path+".fresh", []byte(setting), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".fresh", path); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { Follow(""); _ = Arm("") }()
	Follow(path)
	if err := Hit(Fsync); err != nil {
		t.Errorf("no file, and %v", err)
	}
	swap("fsync=once@2, wall_clock=shift:-7200.5")
	if got := hits(Fsync, 3); len(got) != 1 || got[0] != 2 {
		t.Errorf("once@2 failed at %v", got)
	}
	if ahead := time.Until(Now()).Round(time.Minute); ahead != -2*time.Hour {
		t.Errorf("the clock is shifted by %v", ahead)
	}
	swap("")
	if Hit(Fsync) != nil || time.Until(Now()).Round(time.Minute) != 0 {
		t.Error("another file did not take the rules of the last one back")
	}
	told, err := os.ReadFile(path + ".acted")
	if want := fmt.Sprintf("%d fsync once\n", os.Getpid()); err != nil || string(told) != want {
		t.Errorf("told %q (%v), not %q", told, err, want)
	}
}
