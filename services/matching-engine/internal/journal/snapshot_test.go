package journal

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// withSnapshots is a journal with a snapshot after each third of its groups.
func withSnapshots(t *testing.T) (o Options, all []Record, at []uint64) {
	t.Helper()
	o = options(t.TempDir(), 4096)
	j, _ := open(t, o)
	for i := range 3 {
		made := groups(j.LastSequence()+1, 20)
		all = append(all, recordsOf(made)...)
		appendAll(t, j, made)
		if err := j.WriteSnapshot(j.LastSequence(), j.LastStampNS(), []byte{'0' + byte(i)}); err != nil {
			t.Fatal(err)
		}
		at = append(at, j.LastSequence())
	}
	made := groups(j.LastSequence()+1, 5)
	appendAll(t, j, made)
	j.Close()
	return o, append(all, recordsOf(made)...), at
}

func after(all []Record, sequence uint64) []Record {
	return all[slices.IndexFunc(all, func(r Record) bool { return r.FirstSequence > sequence }):]
}

func TestAStartGoesOnFromTheNewestGoodSnapshot(t *testing.T) {
	o, all, at := withSnapshots(t)
	if _, err := os.Stat(snapshotPath(o.Dir, at[0])); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal("more than the newest two snapshots stay:", err)
	}
	j, r := open(t, o)
	if string(r.snapshot) != "2" || !same(r.records, after(all, at[2])) {
		t.Fatalf("%q and %d records", r.snapshot, len(r.records))
	}
	if got := read(t, j, 0); !same(got, all) {
		t.Fatal("what lies before the snapshot is not read")
	}
	j.Close()
	for _, damage := range []func([]byte) []byte{
		func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		func(b []byte) []byte { return b[:len(b)-1] },
		func(b []byte) []byte { b[20] ^= 1; return b },
		func(b []byte) []byte { return b[:10] },
	} {
		writeFile(t, snapshotPath(o.Dir, at[2]), damage(readAll(t, snapshotPath(o.Dir, at[2]))))
		j, r = open(t, o)
		if string(r.snapshot) != "1" || !same(r.records, after(all, at[1])) {
			t.Fatalf("%q and %d records after the newest was damaged", r.snapshot, len(r.records))
		}
		j.Close()
	}
	writeFile(t, snapshotPath(o.Dir, at[1]), nil)
	j, r = open(t, o)
	if r.snapshot != nil || !same(r.records, all) {
		t.Fatalf("%q and %d records without a good snapshot", r.snapshot, len(r.records))
	}
	j.Close()
	if err := os.Remove(segmentsIn(t, o.Dir)[0]); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "no snapshot can be used") {
		t.Fatal("neither a snapshot nor the whole log was there:", err)
	}
}

func TestASnapshotThatIsNotUnderstoodIsPassedOver(t *testing.T) {
	o, all, at := withSnapshots(t)
	var r replayed
	j, err := Open(o, func(snapshot []byte) error {
		if string(snapshot) == "2" {
			return errors.New("not understood")
		}
		return r.restore(snapshot)
	}, r.replay)
	if err != nil {
		t.Fatal(err)
	}
	j.Close()
	if string(r.snapshot) != "1" || !same(r.records, after(all, at[1])) {
		t.Fatalf("%q and %d records", r.snapshot, len(r.records))
	}
}

func TestASnapshotPastTheLogsEndStopsTheStart(t *testing.T) {
	o, _, _ := withSnapshots(t)
	paths := segmentsIn(t, o.Dir)
	for _, path := range paths[1:] {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "past the log's end") {
		t.Fatal(err)
	}
}

func TestSnapshotsOfWhatIsNotOnDiskOrOlderAreRefused(t *testing.T) {
	j, _ := open(t, options(t.TempDir(), 4096))
	appendAll(t, j, groups(1, 5))
	last := j.LastSequence()
	if err := j.WriteSnapshot(last+1, 1, nil); err == nil {
		t.Error("a snapshot past the end was taken")
	}
	if err := j.WriteSnapshot(last, 1, nil); err != nil {
		t.Error(err)
	}
	if err := j.WriteSnapshot(last-1, 1, nil); err == nil {
		t.Error("a snapshot before the newest was taken")
	}
}

func TestAWalkComparesTheSnapshotsThatItPasses(t *testing.T) {
	o, all, at := withSnapshots(t)
	var seen []string
	walk := func(newest bool) Summary {
		t.Helper()
		seen = nil
		s, err := Walk(WalkOptions{Dir: o.Dir, Rules: 2, NewestSnapshot: newest, AtSnapshot: func(_ uint64, body []byte) error {
			seen = append(seen, string(body))
			return nil
		}}, func([]byte) error { return nil }, func(Record) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := walk(false); s.Began != 0 || s.Records != len(all) || !slices.Equal(seen, []string{"1", "2"}) || s.Snapshots != 2 {
		t.Fatalf("%+v %v", s, seen)
	}
	if s := walk(true); s.Began != at[2] || s.Records != len(after(all, at[2])) || len(seen) != 0 {
		t.Fatalf("%+v %v", s, seen)
	}
}

func TestReadersKeepTheirPositions(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 10))
	for reader, sequence := range map[string]uint64{"settler": 3, "audit-log": 5} {
		if err := j.Confirm(reader, sequence); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Confirm("settler", j.LastSequence()+1); !errors.Is(err, ErrPastEnd) {
		t.Fatal(err)
	}
	if err := j.Confirm("audit-log", 4); err != nil { // lower than before
		t.Fatal(err)
	}
	j.Close()
	j, _ = open(t, o)
	if p := j.Positions(); len(p) != 2 || p["settler"] != 3 || p["audit-log"] != 4 {
		t.Fatal(p)
	}
	if !j.Forget("settler") || j.Forget("settler") || len(j.Positions()) != 1 {
		t.Fatal(j.Positions())
	}
	for n := range maxReaders - 1 {
		if err := j.Confirm(string(rune('A'+n)), 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Confirm("one more", 1); !errors.Is(err, ErrTooManyReaders) {
		t.Fatal(err)
	}
}

func TestPositionsReachTheDiskByThemselvesAndOnceASecond(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 10))
	began := time.Now()
	for n := range uint64(9) {
		if err := j.Confirm("reader", n+1); err != nil {
			t.Fatal(err)
		}
	}
	for { // what is there at last is the newest
		content, err := os.ReadFile(j.readers.path)
		if string(content) == "{}" { // of the first start
			continue
		}
		if err != nil || string(content) != `{"reader":9}` {
			t.Fatal(string(content), err)
		}
		break
	}
	if time.Since(began) < flushReadersIn {
		t.Fatal("it was written before its second was over")
	}
}

func TestAReaderPastTheLogsEndStopsTheStart(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 30))
	if err := j.Confirm("settler", j.LastSequence()); err != nil {
		t.Fatal(err)
	}
	j.Close()
	for _, path := range segmentsIn(t, o.Dir)[1:] {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "the reader settler has confirmed sequence") {
		t.Fatal(err)
	}
}
