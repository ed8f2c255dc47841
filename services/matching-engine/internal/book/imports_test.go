package book

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "daytrading/matching-engine/internal/"

// layers are the packages of the engine; each may import those before it only. The journal and its checkpoints know
// bytes, and nothing of what they mean.
var layers = []string{
	"failpoint", "identity", "jsontext", "book", "command", "event", "sequencer", "journal", "checkpoint", "eventlog", "engine",
	"telemetry", "publisher", "server", "differential",
}

// pure is all that the book needs of the standard library: no clock, no files, no goroutines' tools. syscall is for
// memory_linux.go alone, which advises the system about pages.
var pure = []string{"cmp", "encoding/binary", "encoding/hex", "errors", "fmt", "math", "math/bits", "slices", "syscall", "unsafe"}

func TestImportsGoDown(t *testing.T) {
	seen := map[string]bool{}
	for path, imports := range importsOf(t, "../*/*.go") {
		name := filepath.Base(filepath.Dir(path))
		seen[name] = true
		at := slices.Index(layers, name)
		if at < 0 {
			t.Errorf("%s: the package stands nowhere among the layers", path)
			continue
		}
		for _, imported := range imports {
			other, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			if below := slices.Index(layers, other); below < 0 || below >= at {
				t.Errorf("%s imports %s", path, imported)
			}
			if (name == "journal" || name == "checkpoint") && other != "failpoint" && other != "journal" {
				t.Errorf("%s imports %s: it knows bytes only", path, imported)
			}
		}
	}
	if len(seen) != len(layers) {
		t.Errorf("packages %v, want %v", seen, layers)
	}
}

func TestTheBookIsPure(t *testing.T) {
	for path, imports := range importsOf(t, "*.go") {
		for _, imported := range imports {
			advice := imported == "syscall" && path != "memory_linux.go"
			if !slices.Contains(pure, imported) || advice {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// importsOf gives what each file imports that is no test.
func importsOf(t *testing.T, pattern string) map[string][]string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	imports := map[string][]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		imports[path] = nil
		for _, one := range file.Imports {
			name, err := strconv.Unquote(one.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			imports[path] = append(imports[path], name)
		}
	}
	return imports
}
