package differential

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/sequencer"
)

// corpus holds streams, each with the lines that the plain engine answered.
const corpus = "../../../../tests/oracle/corpus"

func corpusStreams(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpus, "*.stream"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no streams in %s: %v", corpus, err)
	}
	return paths
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTheEngineAnswersTheCorpusAsThePlainEngineDid(t *testing.T) {
	for _, path := range corpusStreams(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want := strings.Split(string(read(t, strings.TrimSuffix(path, ".stream")+".events")), "\n")
			stream, log, at := NewStream(read(t, path)), NewLog(), 0
			for step, ok := stream.Next(); ok; step, ok = stream.Next() {
				lines, err := log.Submit(step)
				if err != nil {
					t.Fatal(err)
				}
				for _, line := range lines {
					if at >= len(want) || line != want[at] {
						t.Fatalf("at the command %s\nthe engine says %s\nthe rules say   %s",
							step.Command, line, strings.Join(want[min(at, len(want)):min(at+1, len(want))], ""))
					}
					at++
				}
			}
			if rest := strings.Join(want[at:], "\n"); rest != "" {
				t.Fatalf("the plain engine said more: %s", rest)
			}
			shown := strings.Split(strings.TrimSpace(string(read(t, strings.TrimSuffix(path, ".stream")+".books"))), "\n")
			if got := log.Books(); !slices.Equal(got, shown) {
				t.Fatalf("at the end the engine shows\n%s\nand the rules\n%s",
					strings.Join(got, "\n"), strings.Join(shown, "\n"))
			}
		})
	}
}

// P6, O9: after every command the books are sound and the events are JSON; a replay of the whole log, and one of
// its tail on a snapshot, come to the same state.
func FuzzStream(f *testing.F) {
	for _, path := range corpusStreams(f) {
		f.Add(read(f, path))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<13 {
			return // longer streams find no more, and slower
		}
		stream, log := NewStream(content), NewLog()
		snapshot, snapshotRecords := log.Sequencer.AppendSnapshot(nil), 0
		for step, ok := stream.Next(); ok; step, ok = stream.Next() {
			lines, err := log.Submit(step)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range lines {
				if !json.Valid([]byte(line)) {
					t.Fatalf("not JSON: %s", line)
				}
			}
			if err := log.Sequencer.Books().Check(); err != nil {
				t.Fatalf("after %s: %v", step.Command, err)
			}
			if stream.at <= len(content)/2 {
				snapshot, snapshotRecords = log.Sequencer.AppendSnapshot(nil), len(log.Records)
			}
		}
		end := log.Sequencer.AppendSnapshot(nil)
		replayed := NewLog().Sequencer
		replay(t, log, 0, replayed, end)
		restored, err := sequencer.Restore(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		restored.Books().PrefetchFrom(0)
		replay(t, log, snapshotRecords, restored, end)
	})
}

// replay goes through a log's records from one on, and must end where the log did.
func replay(t *testing.T, log *Log, from int, s *sequencer.Sequencer, end []byte) {
	t.Helper()
	replayer := sequencer.NewReplayer(s)
	for _, r := range log.Records[from:] {
		if err := replayer.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := replayer.Finish(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.AppendSnapshot(nil), end) {
		t.Fatalf("a replay from record %d on comes to another state", from)
	}
}
