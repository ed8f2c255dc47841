package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written makes a folder with acknowledged groups and then some more, closed as a crash would leave it. It gives
// the segment's path and content, and where the last group begins.
func written(t *testing.T, made []*Group) (o Options, path string, content []byte, lastGroup int64) {
	t.Helper()
	o = options(t.TempDir(), 1<<16)
	j, _ := open(t, o)
	appendAll(t, j, made[:len(made)-1])
	lastGroup = j.position
	appendAll(t, j, made[len(made)-1:])
	path = segmentsIn(t, o.Dir)[0]
	content = readAll(t, path) // with what is allocated behind it
	j.Close()
	writeFile(t, path, content)
	return o, path, content, lastGroup
}

// TestATailTornAnywhereIsCutAndKeptAside loses the end of the last group from anywhere in it on, and bytes from
// its middle.
func TestATailTornAnywhereIsCutAndKeptAside(t *testing.T) {
	made := groups(1, 6)
	o, path, content, lastGroup := written(t, made)
	all, acknowledged := recordsOf(made), len(recordsOf(made[:5]))
	end := int64(len(bytes.TrimRight(content, "\x00")))
	for cut := lastGroup; cut < end; cut += 29 {
		for _, lost := range []int64{end - cut, 40} {
			torn := slices.Clone(content)
			clear(torn[cut:min(cut+lost, end)])
			leavesTail(t, o, path, torn, all, acknowledged)
		}
		leavesTail(t, o, path, content[:cut], all, acknowledged)
	}
}

func leavesTail(t *testing.T, o Options, path string, torn []byte, all []Record, acknowledged int) {
	t.Helper()
	for _, left := range append(segmentsIn(t, o.Dir), glob(t, o.Dir, "*.torn-*")...) {
		if err := os.Remove(left); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, path, torn)
	summary, err := Walk(WalkOptions{Dir: o.Dir, Rules: 2}, nil, func(Record) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	j, r := open(t, o)
	if len(r.records) < acknowledged || !same(r.records, all[:len(r.records)]) {
		t.Fatalf("the replay of %d records is not a prefix of what was appended", len(r.records))
	}
	var aside []byte
	if kept := glob(t, o.Dir, "*.torn-*"); len(kept) == 1 {
		aside = readAll(t, kept[0])
	}
	if int64(len(aside)) != summary.TornBytes || !bytes.Contains(torn, aside) {
		t.Fatalf("%d bytes are kept aside of %d torn ones", len(aside), summary.TornBytes)
	}
	more := groups(j.LastSequence()+1, 2)
	appendAll(t, j, more)
	j.Close()
	j, again := open(t, o)
	if !same(again.records, append(r.records, recordsOf(more)...)) {
		t.Fatal("the repaired journal does not go on")
	}
	j.Close()
}

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestDamageBeforeTheLastGroupStopsTheStart flips bytes all over what was acknowledged, one at a time.
func TestDamageBeforeTheLastGroupStopsTheStart(t *testing.T) {
	o, path, content, lastGroup := written(t, groups(1, 5))
	for at := int64(0); at < lastGroup; at += 3 {
		damaged := slices.Clone(content)
		damaged[at] ^= 0x40
		writeFile(t, path, damaged)
		_, _, err := tryOpen(o)
		if err == nil {
			t.Fatalf("the byte at %d was flipped and the journal opened", at)
		}
		if at > 8 && (!strings.Contains(err.Error(), "segment 00000000000000000001.journal is damaged at byte") ||
			!strings.Contains(err.Error(), "docs/operations.md")) {
			t.Fatal("the sentence does not say where and what to do:", err)
		}
		if now := readAll(t, path); !bytes.Equal(now, damaged) {
			t.Fatalf("the byte at %d was flipped and the journal changed what was left", at)
		}
	}
}

func TestAMissingOrDamagedSealedSegmentStopsTheStart(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 60))
	j.Close()
	sealed := segmentsIn(t, o.Dir)[1]
	content := readAll(t, sealed)
	writeFile(t, sealed, content[:len(content)-1])
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "is damaged at byte") {
		t.Fatal("a sealed segment was cut short:", err)
	}
	if err := os.Remove(sealed); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatal("a segment was removed:", err)
	}
}

func TestAJournalOfOtherRulesStopsTheStart(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 60))
	j.Close()
	o.Rules = 3
	var other *OtherRulesError
	if _, _, err := tryOpen(o); !errors.As(err, &other) || other.Wrote != 2 || other.Wants != 3 {
		t.Fatal(err)
	}
	never := func(Record) error { t.Fatal("a record was visited"); return nil }
	if _, err := Walk(WalkOptions{Dir: o.Dir, Rules: 3}, nil, never); !errors.As(err, &other) {
		t.Fatal(err)
	}
	if !strings.Contains(other.Error(), "was written by matching rules 2, and this program has 3") {
		t.Fatal(other)
	}
}

// TestNewerRulesGoOnFromTheSnapshotAtTheEnd is an upgrade, and then the rollback that is refused.
func TestNewerRulesGoOnFromTheSnapshotAtTheEnd(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	old := groups(1, 30)
	appendAll(t, j, old)
	if err := j.WriteSnapshot(j.LastSequence(), j.LastStampNS(), []byte("the end")); err != nil {
		t.Fatal(err)
	}
	j.Close()
	newer := o
	newer.Rules = 3
	j, r := open(t, newer)
	if string(r.snapshot) != "the end" || len(r.records) != 0 {
		t.Fatalf("%q, %d records", r.snapshot, len(r.records))
	}
	more := groups(j.LastSequence()+1, 5)
	appendAll(t, j, more)
	if got := read(t, j, 0); !same(got, append(recordsOf(old), recordsOf(more)...)) {
		t.Fatal("the records of both rules are not read as one log")
	}
	j.Close()
	s, err := Walk(WalkOptions{Dir: o.Dir, Rules: 3}, r.restore, func(Record) error { return nil })
	if err != nil || s.Records != len(recordsOf(more)) || s.Began != old[len(old)-1].LastSequence() {
		t.Fatalf("%+v %v", s, err)
	}
	var other *OtherRulesError
	if _, _, err := tryOpen(o); !errors.As(err, &other) || other.Wrote != 3 || other.Wants != 2 {
		t.Fatal("older rules opened the journal of newer ones:", err)
	}
	j, r = open(t, newer)
	if !same(r.records, recordsOf(more)) {
		t.Fatal("the start after the upgrade replays something else")
	}
	j.Close()
}

func TestASegmentOfAnOlderFormatIsRefusedByName(t *testing.T) {
	for _, format := range []string{"DTJOURN1", "DTJOURN2"} {
		o := options(t.TempDir(), 4096)
		writeFile(t, filepath.Join(o.Dir, logIDFile), []byte(logID))
		writeFile(t, segmentPath(o.Dir, 1), append([]byte(format), make([]byte, 100)...))
		var wrong *FormatError
		if _, _, err := tryOpen(o); !errors.As(err, &wrong) || wrong.Format != format || !strings.Contains(err.Error(), "new venue") {
			t.Fatal(err)
		}
	}
}

func TestASegmentOfAnotherLogIsRefused(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 1))
	j.Close()
	writeFile(t, filepath.Join(o.Dir, logIDFile), []byte(strings.Replace(logID, "0", "1", 1)))
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "belongs to log "+logID) {
		t.Fatal(err)
	}
}
