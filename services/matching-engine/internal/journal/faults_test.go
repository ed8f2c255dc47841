package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const otherLogID = "1af76519-16cd-43dd-8448-eb211c80319c"

// archived is a journal of some segments, of which all sealed ones lie in the archive, with two snapshots.
func archived(t *testing.T, o Options) (j *Journal, all []Record) {
	t.Helper()
	j, _ = open(t, o)
	made := groups(1, 60)
	appendAll(t, j, made)
	sealed, _, _ := j.Sealed()
	var older uint64
	for r := range j.Records(0) {
		if r.LastSequence() < sealed {
			older = r.LastSequence()
		}
	}
	for _, at := range []uint64{older, sealed} {
		if err := j.WriteSnapshot(at, stampOf(t, j, at), []byte("state")); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Archive(); err != nil {
		t.Fatal(err)
	}
	return j, recordsOf(made)
}

func stampOf(t *testing.T, j *Journal, sequence uint64) int64 {
	t.Helper()
	for r, err := range j.Records(sequence - 1) {
		if err != nil {
			t.Fatal(err)
		}
		return r.StampNS
	}
	t.Fatal("no such record")
	return 0
}

func segmentNames(t *testing.T, dir string) []string {
	t.Helper()
	names, err := osDisk{}.Names(dir)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasSuffix(name, segmentSuffix) })
}

func archiveOf(o Options) string { return filepath.Join(o.Dir, "archive", logID) }

func TestAStartThatIsRefusedHasRemovedNothing(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	made := groups(1, 30)
	appendAll(t, j, made)
	j.Close()
	other := options(t.TempDir(), 4096)
	other.NewLogID = func() string { return otherLogID }
	foreign, _ := archived(t, other)
	foreign.Close()
	before := segmentNames(t, o.Dir)
	for _, name := range segmentNames(t, filepath.Join(other.Dir, "archive", otherLogID)) { // an operator mistook the folder
		writeFile(t, filepath.Join(archiveOf(o), name), readAll(t, filepath.Join(other.Dir, "archive", otherLogID, name)))
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "belongs to log "+otherLogID) {
		t.Fatal(err)
	}
	if after := segmentNames(t, o.Dir); !slices.Equal(before, after) {
		t.Fatalf("the refused start left %v of %v", after, before)
	}
	if err := os.RemoveAll(archiveOf(o)); err != nil {
		t.Fatal(err)
	}
	if _, r := open(t, o); !same(r.records, recordsOf(made)) {
		t.Fatal("the log is not what it was")
	}
}

// TestACopyInTheArchiveThatIsNotWholeRemovesNothing although its beginning is the same.
func TestACopyInTheArchiveThatIsNotWholeRemovesNothing(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, all := archived(t, o)
	j.Close()
	name := segmentNames(t, archiveOf(o))[1]
	whole := readAll(t, filepath.Join(archiveOf(o), name))
	writeFile(t, filepath.Join(o.Dir, name), whole)
	for _, bad := range [][]byte{whole[:len(whole)/2], append(bytes.Clone(whole[:len(whole)-50]), make([]byte, 50)...)} {
		writeFile(t, filepath.Join(archiveOf(o), name), bad)
		if _, _, err := tryOpen(o); err == nil {
			t.Fatal("a start took half a segment for a whole one")
		}
		if !bytes.Equal(readAll(t, filepath.Join(o.Dir, name)), whole) {
			t.Fatal("the whole one is gone")
		}
	}
	writeFile(t, filepath.Join(archiveOf(o), name), whole)
	j, _ = open(t, o)
	if got := read(t, j, 0); !same(got, all) || slices.Contains(segmentNames(t, o.Dir), name) {
		t.Fatal("the duplicate is still there, or records are not")
	}
}

func TestALogOfWhichOnlyItsIDIsLeftIsNotBegunAnew(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 3))
	j.Close()
	for _, name := range segmentNames(t, o.Dir) {
		if err := os.Remove(filepath.Join(o.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "no segment of it is there") {
		t.Fatal(err)
	}
	var r replayed
	if _, err := Walk(WalkOptions{Dir: o.Dir, Rules: 2}, r.restore, r.replay); err == nil || !strings.Contains(err.Error(), "no segment") {
		t.Fatal("verify is content with nothing:", err)
	}
}

func TestAFirstStartThatWasCutShortIsBegunAgain(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	j.Close()
	if err := os.Remove(filepath.Join(o.Dir, logIDFile)); err != nil {
		t.Fatal(err)
	}
	j, _ = open(t, o)
	appendAll(t, j, groups(1, 3))
	j.Close()
	if err := os.Remove(filepath.Join(o.Dir, logIDFile)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "no file log_id") {
		t.Fatal("a log with records was given an id:", err)
	}
}

func TestTwoLogsMayShareAnArchiveAndCopiesOfOneMayNot(t *testing.T) {
	root := t.TempDir()
	shared := filepath.Join(root, "archive")
	foreign := filepath.Join(shared, "somebody-elses.tmp")
	if err := os.MkdirAll(shared, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, foreign, []byte("of another program"))
	var all [2][]Record
	var opened [2]Options
	for i, id := range []string{logID, otherLogID} {
		o := options(filepath.Join(root, fmt.Sprint(i)), 4096)
		o.ArchiveDir, o.NewLogID = shared, func() string { return id }
		var j *Journal
		j, all[i] = archived(t, o)
		opened[i] = o
		t.Cleanup(j.Close)
		if i == 1 {
			j.Close()
		}
	}
	second, _ := open(t, opened[1])
	if got := read(t, second, 0); !same(got, all[1]) {
		t.Fatal("the second log's archive is not its own")
	}
	copied := filepath.Join(root, "copy")
	if err := os.CopyFS(copied, os.DirFS(opened[0].Dir)); err != nil {
		t.Fatal(err)
	}
	o := opened[0]
	o.Dir = copied
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "archive") || !strings.Contains(err.Error(), "in use") {
		t.Fatal("two engines write one log's archive:", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Fatal("what is not the journal's was removed:", err)
	}
}

func TestNothingInTheArchiveIsReplacedBySomethingElse(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 60))
	sealed, _, _ := j.Sealed()
	if err := j.WriteSnapshot(sealed, stampOf(t, j, sealed), nil); err != nil {
		t.Fatal(err)
	}
	name := segmentNames(t, o.Dir)[0]
	theirs := bytes.Clone(readAll(t, filepath.Join(o.Dir, name)))
	theirs[200] ^= 1
	writeFile(t, filepath.Join(archiveOf(o), name), theirs)
	if err := j.Archive(); err == nil || !strings.Contains(err.Error(), "nothing is replaced") {
		t.Fatal(err)
	}
	if !bytes.Equal(readAll(t, filepath.Join(archiveOf(o), name)), theirs) {
		t.Fatal("the archive's was replaced")
	}
}

// TestAReaderMeetsASegmentThatMoves between its move and the journal's note of it, and where the move says that it
// failed and did not.
func TestAReaderMeetsASegmentThatMoves(t *testing.T) {
	disk := &faultyDisk{}
	o := options(t.TempDir(), 4096)
	o.Disk = disk
	j, _ := open(t, o)
	made := groups(1, 60)
	appendAll(t, j, made)
	sealed, _, _ := j.Sealed()
	if err := j.WriteSnapshot(sealed, stampOf(t, j, sealed), nil); err != nil {
		t.Fatal(err)
	}
	met := 0
	look := func(_, to string) {
		if filepath.Dir(to) == archiveOf(o) {
			met++
			if got := read(t, j, 0); !same(got, recordsOf(made)) {
				t.Error("a reader did not get all")
			}
		}
	}
	disk.renamed = look
	disk.rename = func(from, to string) (error, bool) {
		if filepath.Dir(to) == archiveOf(o) && met == 1 {
			return syscall.EIO, true
		}
		return nil, false
	}
	if err := j.Archive(); err != nil {
		t.Fatal("a move that was done counts as failed:", err)
	}
	if met == 0 {
		t.Fatal("nothing moved")
	}
	look("", filepath.Join(archiveOf(o), "x"))
}

func TestADeletionThatFailsLeavesNoHole(t *testing.T) {
	disk := &faultyDisk{}
	o := options(t.TempDir(), 4096)
	o.Disk = disk
	j, all := archived(t, o)
	names := segmentNames(t, archiveOf(o))
	failures := 0
	disk.remove = func(path string) error {
		if filepath.Base(path) == names[0] && failures < 2 {
			failures++
			return fs.ErrPermission
		}
		return nil
	}
	for range 2 {
		if n, err := j.DeleteArchived(time.Nanosecond, 0); !errors.Is(err, fs.ErrPermission) || n != 0 {
			t.Fatal(n, err)
		}
		if left := segmentNames(t, archiveOf(o)); !slices.Equal(left, names) {
			t.Fatalf("of %v there is %v", names, left)
		}
	}
	for _, err := range j.Records(0) {
		if !errors.Is(err, ErrDeleted) {
			t.Fatal("a reader of what is being deleted gets", err)
		}
		break
	}
	j.Close()
	again, _ := open(t, o) // as if it had never been tried
	if got := read(t, again, 0); !same(got, all) {
		t.Fatal("the log has a hole")
	}
	if n, err := again.DeleteArchived(time.Nanosecond, 0); err != nil || n == 0 || again.FirstSequence() == 1 {
		t.Fatal(n, err, again.FirstSequence())
	}
}

func TestAReplayThatDoesNotFinishChangesNothing(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, _ := open(t, o)
	appendAll(t, j, groups(1, 10))
	j.Close()
	before := folder(t, o.Dir)
	o.Finish = func() error { return errors.New("the last record does not replay") }
	if _, _, err := tryOpen(o); err == nil || !strings.Contains(err.Error(), "does not replay") {
		t.Fatal(err)
	}
	if after := folder(t, o.Dir); !slices.Equal(before, after) {
		t.Fatalf("the folder held %v, and holds %v", before, after)
	}
}

// folder is what lies in a folder, with sizes.
func folder(t *testing.T, dir string) (files []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprint(entry.Name(), info.Size()))
	}
	return files
}

func TestARecordThatIsTooLargeIsNotAdded(t *testing.T) {
	g := groups(1, 1)[0]
	before := bytes.Clone(g.buffer)
	if err := g.Add(1000, g.LastSequence()+1, 1, nil, make([]byte, maxRecordBytes)); !errors.Is(err, ErrTooLarge) {
		t.Fatal(err)
	}
	if !bytes.Equal(g.buffer, before) {
		t.Fatal("the group changed")
	}
}
