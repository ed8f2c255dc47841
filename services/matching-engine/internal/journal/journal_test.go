package journal

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/failpoint"
)

const logID = "0af76519-16cd-43dd-8448-eb211c80319c"

// replayed is what a start gave back.
type replayed struct {
	snapshot []byte
	records  []Record
}

func (r *replayed) restore(snapshot []byte) error {
	r.snapshot = slices.Clone(snapshot)
	return nil
}

func (r *replayed) replay(record Record) error {
	r.records = append(r.records, keep(record))
	return nil
}

// keep copies a view.
func keep(r Record) Record {
	r.Command, r.Events = slices.Clone(r.Command), slices.Clone(r.Events)
	return r
}

func options(dir string, segmentBytes int64) Options {
	return Options{
		Dir: dir, Rules: 2, SegmentBytes: segmentBytes, NewLogID: func() string { return logID },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func tryOpen(o Options) (*Journal, *replayed, error) {
	var r replayed
	j, err := Open(o, r.restore, r.replay)
	return j, &r, err
}

func open(t *testing.T, o Options) (*Journal, *replayed) {
	t.Helper()
	j, r, err := tryOpen(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j, r
}

// groups makes groups of one to three records with one to three events each; some without a command.
func groups(from uint64, count int) []*Group {
	var made []*Group
	sequence, stamp := from, int64(from*10)
	for g := range count {
		group := &Group{}
		for e := range 1 + g%3 {
			command := fmt.Appendf(nil, "command %d", sequence)
			if e == 2 {
				command = nil
			}
			group.Add(stamp, sequence, 1+e, command, bytes.Repeat([]byte{byte(sequence)}, 100+int(sequence%50)))
			sequence += uint64(1 + e)
			stamp += 10
		}
		made = append(made, group)
	}
	return made
}

func recordsOf(groups []*Group) []Record {
	var all []Record
	for _, g := range groups {
		all = slices.AppendSeq(all, g.Records())
	}
	return all
}

func appendAll(t *testing.T, j *Journal, groups []*Group) {
	t.Helper()
	for _, group := range groups {
		if err := j.Append(group); err != nil {
			t.Fatal(err)
		}
	}
}

func same(a, b []Record) bool {
	return slices.EqualFunc(a, b, func(a, b Record) bool {
		return a.StampNS == b.StampNS && a.FirstSequence == b.FirstSequence && a.Count == b.Count &&
			bytes.Equal(a.Command, b.Command) && bytes.Equal(a.Events, b.Events)
	})
}

// read collects what Records gives.
func read(t *testing.T, j *Journal, after uint64) []Record {
	t.Helper()
	var got []Record
	for r, err := range j.Records(after) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, keep(r))
	}
	return got
}

func segmentsIn(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhatWasAppendedIsReplayedAndReadOverManySegments(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	made := groups(1, 200)
	appendAll(t, j, made)
	all := recordsOf(made)
	if got := read(t, j, 0); !same(got, all) {
		t.Fatal("the records read differ from what was appended")
	}
	j.Close()
	j, r := open(t, o)
	if !same(r.records, all) || j.LogID() != logID || r.snapshot != nil {
		t.Fatal("the replay differs from what was appended")
	}
	if n := len(segmentsIn(t, o.Dir)); n < 10 {
		t.Fatalf("only %d segments", n)
	}
	more := groups(j.LastSequence()+1, 3)
	appendAll(t, j, more)
	if got := read(t, j, all[len(all)-1].LastSequence()); !same(got, recordsOf(more)) {
		t.Fatal("what was appended after a start is not read")
	}
	s, err := Walk(WalkOptions{Dir: o.Dir, Rules: 2}, nil, func(Record) error { return nil })
	if err != nil || s.TornBytes != 0 || s.LastSequence != j.LastSequence() || s.Records != len(all)+len(recordsOf(more)) {
		t.Fatalf("%+v %v", s, err)
	}
}

func TestRecordsBeginWithTheOneThatHoldsTheSequence(t *testing.T) {
	j, _ := open(t, options(t.TempDir(), 3*markEveryBytes))
	all := recordsOf(groups(1, 6000))
	for of := range slices.Chunk(all, 500) {
		var g Group
		for _, r := range of {
			g.Add(r.StampNS, r.FirstSequence, r.Count, r.Command, r.Events)
		}
		appendAll(t, j, []*Group{&g})
	}
	for after := uint64(0); after <= j.LastSequence()+1; after += 97 {
		at := slices.IndexFunc(all, func(r Record) bool { return r.LastSequence() > after })
		n := 0
		for r, err := range j.Records(after) {
			if err != nil || !same([]Record{r}, all[at:at+1]) {
				t.Fatalf("after %d: %+v %v", after, r, err)
			}
			at++
			if n++; n == 3 {
				break
			}
		}
		if n == 0 && after < j.LastSequence() {
			t.Fatalf("nothing after %d", after)
		}
	}
}

func TestAGroupLargerThanASegmentGetsOneOfItsOwn(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	var g Group
	g.Add(1, 1, 1, nil, []byte("small"))
	appendAll(t, j, []*Group{&g})
	g = Group{}
	g.Add(2, 2, 5, []byte("large"), make([]byte, 50_000))
	if err := j.Room(int64(g.Bytes())); err != nil {
		t.Fatal(err)
	}
	appendAll(t, j, []*Group{&g})
	j.Close()
	if j, r := open(t, o); len(r.records) != 2 || j.LastSequence() != 6 {
		t.Fatal(r.records)
	}
}

func TestASecondProcessIsKeptOut(t *testing.T) {
	o := options(t.TempDir(), 4096)
	open(t, o)
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "in use by another") {
		t.Fatal("the folder was opened twice:", err)
	}
}

func TestAJournalWithoutItsLogIDStopsTheStart(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 1))
	j.Close()
	if err := os.Remove(filepath.Join(o.Dir, logIDFile)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(o); err == nil {
		t.Fatal("a new identity was given to an old log")
	}
}

func TestAfterAFailedFsyncNothingMoreIsAccepted(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
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
	for what, err := range map[string]error{
		"room": j.Room(1 << 20), "a snapshot": j.WriteSnapshot(before, 1, nil), "a position": j.Confirm("reader", before),
	} {
		if err == nil {
			t.Errorf("%s was given after a failed fsync", what)
		}
	}
	j.Close()
	if _, r := open(t, o); !same(r.records, recordsOf(made[:2])) { // the bytes had reached the file
		t.Fatalf("%d records after the failed fsync", len(r.records))
	}
}

func TestGroupsThatDoNotContinueTheLogAreRefused(t *testing.T) {
	for name, wrong := range map[string]func() *Group{
		"a gap":       func() *Group { return groups(5, 1)[0] },
		"a repeat":    func() *Group { return groups(1, 1)[0] },
		"an old time": func() *Group { var g Group; g.Add(10, 2, 1, nil, nil); return &g },
	} {
		j, _ := open(t, options(t.TempDir(), 4096))
		appendAll(t, j, groups(1, 1))
		if err := j.Append(wrong()); err == nil {
			t.Error("accepted:", name)
		}
	}
}

func TestAGroupIsUsedAgain(t *testing.T) {
	var g Group
	for range 2 {
		g.Add(7, 3, 2, []byte("c"), []byte("ee"))
		g.Add(8, 5, 1, nil, []byte("f"))
		got := slices.Collect(g.Records())
		want := []Record{{7, 3, 2, []byte("c"), []byte("ee")}, {8, 5, 1, nil, []byte("f")}}
		if !same(got, want) || g.Len() != 2 || g.FirstSequence() != 3 || g.LastSequence() != 5 || g.LastStampNS() != 8 || g.Bytes() != 84 {
			t.Fatalf("%+v %+v", got, g)
		}
		g.Reset()
	}
	if n := testing.AllocsPerRun(100, func() {
		g.Reset()
		g.Add(7, 3, 2, []byte("c"), []byte("ee"))
	}); n != 0 {
		t.Fatalf("%v allocations a record", n)
	}
}
