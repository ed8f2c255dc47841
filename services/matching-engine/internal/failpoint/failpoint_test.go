package failpoint

import (
	"errors"
	"testing"
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
