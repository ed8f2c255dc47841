package journal

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestABitThatRotsIsRefusedOrNotRead flips one bit anywhere in a journal's files. Whatever a start, a reader and verify
// then do, none of them gives a record that is not the log's, and none but the last group may be missing without an
// error: behind that, nothing shows that it was whole once.
func TestABitThatRotsIsRefusedOrNotRead(t *testing.T) {
	o := options(t.TempDir(), 4096)
	j, all := archived(t, o)
	j.Close()
	lastGroup := groups(1, 60)[59].Len()
	var paths []string
	for _, folder := range []string{o.Dir, archiveOf(o)} {
		for _, name := range segmentNames(t, folder) {
			paths = append(paths, filepath.Join(folder, name))
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	refused := 0
	for range 80 {
		copied := o
		copied.Dir = t.TempDir()
		if err := os.CopyFS(copied.Dir, os.DirFS(o.Dir)); err != nil {
			t.Fatal(err)
		}
		rel, err := filepath.Rel(o.Dir, paths[random.IntN(len(paths))])
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(copied.Dir, rel)
		content := readAll(t, path)
		at := random.IntN(len(content))
		content[at] ^= 1 << random.IntN(8)
		writeFile(t, path, content)

		var verified replayed
		_, verifying := Walk(WalkOptions{Dir: copied.Dir, Rules: 2}, verified.restore, verified.replay)
		if n := len(verified.records); !same(verified.records, all[:n]) || verifying == nil && n < len(all)-lastGroup {
			t.Fatalf("verify of %s with byte %d flipped gives %d records of %d: %v", rel, at, n, len(all), verifying)
		}
		j, _, err := tryOpen(copied)
		if err != nil {
			refused++
			continue
		}
		var got []Record
		for r, err := range j.Records(0) {
			if err != nil {
				refused++
				verifying = err
				break
			}
			got = append(got, keep(r))
		}
		j.Close()
		if n := len(got); !same(got, all[:n]) || verifying == nil && n < len(all)-lastGroup {
			t.Fatalf("a reader of %s with byte %d flipped gets %d records of %d", rel, at, n, len(all))
		}
	}
	if refused < 40 {
		t.Fatalf("only %d of 80 flips were noticed", refused)
	}
}
