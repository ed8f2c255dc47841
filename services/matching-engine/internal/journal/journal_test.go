package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/failpoint"
)

const logID = "0af76519-16cd-43dd-8448-eb211c80319c"

func open(t *testing.T, dir string, segmentBytes int64) (*Journal, []Entry) {
	t.Helper()
	j, entries, err := tryOpen(dir, segmentBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j, entries
}

func tryOpen(dir string, segmentBytes int64) (*Journal, []Entry, error) {
	var entries []Entry
	j, err := Open(Options{Dir: dir, Rules: 1, SegmentBytes: segmentBytes, NewLogID: func() string { return logID }},
		func(e Entry) error { entries = append(entries, e); return nil })
	return j, entries, err
}

// groups makes a log of a few groups: entries with one to three events, and a tick without a command.
func groups(from uint64, count int) [][]Entry {
	var made [][]Entry
	sequence, stamp := from, int64(from*10)
	for g := range count {
		var group []Entry
		for e := range 1 + g%3 {
			entry := Entry{StampNS: stamp, FirstSequence: sequence, Command: fmt.Appendf(nil, `{"n":%d}`, sequence)}
			if e == 2 {
				entry.Command = []byte{}
			}
			for range 1 + e {
				entry.Events = append(entry.Events, fmt.Appendf(nil, `{"sequence":%d,"padding":%q}`, sequence, strings.Repeat("x", 50)))
				sequence++
			}
			stamp += 10
			group = append(group, entry)
		}
		made = append(made, group)
	}
	return made
}

func appendAll(t *testing.T, j *Journal, groups [][]Entry) {
	t.Helper()
	for _, group := range groups {
		if err := j.Append(group); err != nil {
			t.Fatal(err)
		}
	}
}

func same(a, b []Entry) bool {
	return slices.EqualFunc(a, b, func(a, b Entry) bool {
		return a.StampNS == b.StampNS && a.FirstSequence == b.FirstSequence && bytes.Equal(a.Command, b.Command) &&
			slices.EqualFunc(a.Events, b.Events, bytes.Equal)
	})
}

func lastSegment(t *testing.T, dir string) string {
	t.Helper()
	segments, err := listSegments(dir)
	if err != nil || len(segments) == 0 {
		t.Fatal("no segments", err)
	}
	return segments[len(segments)-1].path
}

func TestWhatWasAppendedIsReplayedOverManySegments(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, 4096)
	made := groups(1, 200)
	appendAll(t, j, made)
	j.Close()
	j, replayed := open(t, dir, 4096)
	if !same(replayed, slices.Concat(made...)) || j.LogID() != logID {
		t.Fatal("the replay differs from what was appended")
	}
	if segments, _ := listSegments(dir); len(segments) < 5 {
		t.Fatalf("only %d segments", len(segments))
	}
	appendAll(t, j, groups(j.LastSequence()+1, 3))
	if _, torn, err := Walk(dir, 1, func(Entry) error { return nil }); err != nil || torn != 0 {
		t.Fatal(torn, err)
	}
}

func TestReadEventsFindsEveryPositionWithinItsLimits(t *testing.T) {
	j, _ := open(t, t.TempDir(), 40000)
	made := groups(1, 1500)
	appendAll(t, j, made)
	var all [][]byte
	for _, e := range slices.Concat(made...) {
		all = append(all, e.Events...)
	}
	for after := 0; after <= len(all)+1; after += 7 {
		for _, limit := range []int{1, 2, 500} {
			got, err := j.ReadEvents(uint64(after), limit, 1<<20)
			from := min(after, len(all))
			if want := all[from:min(from+limit, len(all))]; err != nil || !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("after %d, limit %d: %d events, want %d, error %v", after, limit, len(got), len(want), err)
			}
		}
	}
	if got, _ := j.ReadEvents(0, 100, 200); len(got) != 2 {
		t.Fatalf("%d events in 200 bytes", len(got))
	}
	if got, _ := j.ReadEvents(0, 100, 1); len(got) != 1 {
		t.Fatalf("%d events where one alone is too large", len(got))
	}
}

// TestATailTornAnywhereIsCutAndKeptAside cuts the last group all over, and also fills the cut with zeros,
// as a file system may show what it never wrote.
func TestATailTornAnywhereIsCutAndKeptAside(t *testing.T) {
	source := t.TempDir()
	j, _ := open(t, source, 1<<20)
	made := groups(1, 6)
	appendAll(t, j, made[:5])
	whole := j.segments[0].sizeBytes
	appendAll(t, j, made[5:])
	j.Close()
	content, err := os.ReadFile(lastSegment(t, source))
	if err != nil {
		t.Fatal(err)
	}
	for _, zeros := range []bool{false, true} {
		for cut := whole; cut < int64(len(content)); cut += 11 {
			tear(t, content, cut, zeros, slices.Concat(made...), len(slices.Concat(made[:5]...)))
		}
	}
}

func tear(t *testing.T, content []byte, cut int64, zeros bool, all []Entry, acknowledged int) {
	t.Helper()
	dir := t.TempDir()
	torn := slices.Clone(content[:cut])
	if zeros {
		torn = append(torn, make([]byte, int64(len(content))-cut)...)
	}
	path := filepath.Join(dir, filepath.Base(segmentPath(dir, 1)))
	writeFile(t, filepath.Join(dir, logIDFile), []byte(logID))
	writeFile(t, path, torn)
	_, walkedTorn, err := Walk(dir, 1, func(Entry) error { return nil })
	if err != nil {
		t.Fatalf("cut at %d: %v", cut, err)
	}
	j, entries := open(t, dir, 1<<20)
	if len(entries) < acknowledged || !same(entries, all[:len(entries)]) {
		t.Fatalf("cut at %d: the replay of %d entries is not a prefix of what was appended", cut, len(entries))
	}
	kept, _ := filepath.Glob(path + ".torn-*")
	if j.TornBytes() != walkedTorn || (j.TornBytes() > 0) != (len(kept) == 1) {
		t.Fatalf("cut at %d: %d bytes torn, %d when walked, kept %v", cut, j.TornBytes(), walkedTorn, kept)
	}
	if len(kept) == 1 {
		aside, _ := os.ReadFile(kept[0])
		if !bytes.Equal(aside, torn[int64(len(torn))-j.TornBytes():]) {
			t.Fatalf("cut at %d: other bytes were kept than were cut", cut)
		}
	}
	j.Close()
	again, replayed := open(t, dir, 1<<20)
	if again.TornBytes() != 0 || !same(replayed, entries) {
		t.Fatalf("cut at %d: the repaired journal does not open clean", cut)
	}
	again.Close()
}

// TestDamageBeforeTheLastGroupStopsTheStart flips bytes all over what was acknowledged, one at a time.
func TestDamageBeforeTheLastGroupStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, 1<<20)
	appendAll(t, j, groups(1, 3))
	acknowledged := j.segments[0].sizeBytes
	appendAll(t, j, groups(j.LastSequence()+1, 2))
	j.Close()
	path := lastSegment(t, dir)
	content, _ := os.ReadFile(path)
	for at := int64(0); at < acknowledged; at += 3 {
		damaged := slices.Clone(content)
		damaged[at] ^= 0x40
		writeFile(t, path, damaged)
		if _, _, err := tryOpen(dir, 1<<20); err == nil {
			t.Fatalf("the byte at %d was flipped and the journal opened", at)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, damaged) {
			t.Fatalf("the byte at %d was flipped and the journal changed what was left", at)
		}
	}
}

func TestAMissingOrDamagedSealedSegmentStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, 4096)
	appendAll(t, j, groups(1, 100))
	j.Close()
	segments, _ := listSegments(dir)
	content, _ := os.ReadFile(segments[1].path)
	writeFile(t, segments[1].path, content[:len(content)-1])
	if _, _, err := tryOpen(dir, 4096); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatal("a sealed segment was cut short:", err)
	}
	if err := os.Remove(segments[1].path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(dir, 4096); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatal("a segment was removed:", err)
	}
}

func TestASecondProcessIsKeptOut(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, 4096)
	if _, _, err := tryOpen(dir, 4096); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatal("the folder was opened twice:", err)
	}
}

func TestSegmentsWithoutTheirLogIDStopTheStart(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, 4096)
	appendAll(t, j, groups(1, 1))
	j.Close()
	if err := os.Remove(filepath.Join(dir, logIDFile)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(dir, 4096); err == nil {
		t.Fatal("a new identity was given to an old log")
	}
}

func TestAfterAFailedFsyncNothingMoreIsAccepted(t *testing.T) {
	j, _ := open(t, t.TempDir(), 4096)
	made := groups(1, 3)
	appendAll(t, j, made[:1])
	if err := failpoint.Arm("fsync=once"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = failpoint.Arm("") }()
	before := j.LastSequence()
	if err := j.Append(made[1]); err == nil {
		t.Fatal("the fsync failed and the group was accepted")
	}
	if err := j.Append(made[2]); err == nil || j.LastSequence() != before {
		t.Fatal("a group was accepted after a failed fsync")
	}
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAJournalOfOtherRulesStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	j, _ := open(t, dir, 4096)
	appendAll(t, j, groups(1, 100))
	j.Close()
	never := func(Entry) error { t.Fatal("an entry was replayed"); return nil }
	var other *OtherRulesError
	if _, err := Open(Options{Dir: dir, Rules: 2}, never); !errors.As(err, &other) || other.Wrote != 1 || other.Wants != 2 {
		t.Fatal(err)
	}
	if _, _, err := Walk(dir, 2, never); !errors.As(err, &other) {
		t.Fatal(err)
	}
	if !strings.Contains(other.Error(), "was written by matching rules 1, and this program has 2") {
		t.Fatal(other)
	}
}

// TestSegmentsOfTheFirstHeaderAreReadAsRules1 goes on with a journal from before headers named their rules.
func TestSegmentsOfTheFirstHeaderAreReadAsRules1(t *testing.T) {
	dir := t.TempDir()
	made := groups(1, 40)
	content := firstSegmentHeader(logID, 1)
	for _, group := range made[:20] {
		start := int64(len(content))
		for _, e := range group {
			content = appendRecord(content, start, &e)
		}
	}
	writeFile(t, filepath.Join(dir, logIDFile), []byte(logID))
	writeFile(t, segmentPath(dir, 1), content)
	j, replayed := open(t, dir, 4096)
	if !same(replayed, slices.Concat(made[:20]...)) || j.TornBytes() != 0 {
		t.Fatal("the old segment was read otherwise than it was written")
	}
	appendAll(t, j, made[20:])
	if events, err := j.ReadEvents(0, 1, 1<<20); err != nil || !slices.EqualFunc(events, made[0][0].Events[:1], bytes.Equal) {
		t.Fatal(events, err)
	}
	j.Close()
	if _, replayed := open(t, dir, 4096); !same(replayed, slices.Concat(made...)) {
		t.Fatal("old and new segments are not one log")
	}
	if _, err := Open(Options{Dir: dir, Rules: 2}, nil); err == nil {
		t.Fatal("an old segment was opened by rules 2")
	}
}
