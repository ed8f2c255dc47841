package sequencer

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

var update = flag.Bool("update", false, "write the golden events anew")

const contract = "../../../../contracts/engine"

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	compiled, err := compiler.Compile(filepath.Join(contract, name))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func conforms(t *testing.T, s *jsonschema.Schema, document []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func golden(t testing.TB, name string, to any) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(contract, "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, to); err != nil {
		t.Fatal(err)
	}
	return content
}

// stamped is a command of the golden file.
type stamped struct {
	StampNS int64           `json:"stamp_ns"`
	Command json.RawMessage `json:"command"`
}

func goldenCommands(t testing.TB) []stamped {
	t.Helper()
	var file struct {
		RulesVersion int       `json:"rules_version"`
		Commands     []stamped `json:"commands"`
	}
	golden(t, "commands.json", &file)
	if file.RulesVersion != RulesVersion {
		t.Fatalf("golden/commands.json is of rules %d", file.RulesVersion)
	}
	return file.Commands
}

func TestContractGoldenCommandsMakeTheGoldenEvents(t *testing.T) {
	calls, s := schema(t, "commands.schema.json"), New(book.Limits{})
	var lines [][]byte
	for _, step := range goldenCommands(t) {
		c, err := command.Decode(step.Command)
		if err != nil {
			t.Fatalf("%s: %v", step.Command, err)
		}
		if call := slices.Concat([]byte(`{"commands":[`), step.Command, []byte(`]}`)); !c.Kind.Own() {
			if err := conforms(t, calls, call); err != nil {
				t.Errorf("%s: %v", step.Command, err)
			}
		}
		d, made := decide(t, s, &c, step.StampNS)
		if d.Refused != "" || d.Repeated {
			t.Fatalf("%s: %+v", step.Command, d)
		}
		lines = append(lines, made...)
	}
	made := fmt.Appendf(nil, "{\"rules_version\": %d, \"events\": [\n%s\n]}\n", RulesVersion, bytes.Join(lines, []byte(",\n")))
	name := filepath.Join(contract, "golden", "events.json")
	if *update {
		if err := os.WriteFile(name, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, want) {
		t.Fatalf("the engine makes\n%s\nbut the contract says\n%s", made, want)
	}
	checkEventsShowEverything(t, lines)
}

// checkEventsShowEverything holds each event to its schema, and the schema's kinds and reasons to the events.
func checkEventsShowEverything(t *testing.T, lines [][]byte) {
	t.Helper()
	var text struct {
		OneOf []struct {
			Properties struct {
				Kind struct{ Const string }
				Data struct {
					Properties map[string]struct{ Enum []string }
				}
			}
		}
	}
	raw, err := os.ReadFile(filepath.Join(contract, "event.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, one := range text.OneOf {
		missing[one.Properties.Kind.Const] = true
		for _, reason := range one.Properties.Data.Properties["reason"].Enum {
			missing[one.Properties.Kind.Const+" "+reason] = true
		}
	}
	events := schema(t, "event.schema.json")
	for _, line := range lines {
		if err := conforms(t, events, line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		var e struct {
			Kind string
			Data struct{ Reason string }
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		delete(missing, e.Kind)
		delete(missing, e.Kind+" "+e.Data.Reason)
	}
	for what := range missing {
		t.Errorf("no golden event is %s", what)
	}
}

func TestContractBadBodiesAreRefusedByEngineAndSchemaAlike(t *testing.T) {
	var cases []struct {
		Why  string
		Body json.RawMessage
	}
	golden(t, "refused.json", &cases)
	s := schema(t, "commands.schema.json")
	for _, c := range cases {
		_, err := command.DecodeCall(nil, c.Body)
		var invalid *command.InvalidError
		if !errors.As(err, &invalid) || invalid.Reason == "" {
			t.Errorf("%s: the engine takes it: %v", c.Why, err)
		}
		if conforms(t, s, c.Body) == nil {
			t.Errorf("%s: the schema allows it", c.Why)
		}
	}
}

// decide applies a command and reads its events as readers do.
func decide(t testing.TB, s *Sequencer, c *command.Command, stampNS int64) (Decision, [][]byte) {
	t.Helper()
	first := s.LastSequence() + 1
	d, made := s.Apply(c, stampNS, nil)
	if d.Refused != "" || d.Repeated {
		return d, nil
	}
	return d, render(t, event.Record{
		StampNS: stampNS, FirstSequence: first, Count: int(d.Last + 1 - d.First), Command: command.AppendBinary(nil, c), Events: made,
	})
}

func render(t testing.TB, r event.Record) (lines [][]byte) {
	t.Helper()
	var renderer event.Renderer
	text, ends, err := renderer.AppendJSON(nil, nil, r, 0, r.Count)
	if err != nil || len(ends) != r.Count {
		t.Fatalf("%d of %d events can be read: %v", len(ends), r.Count, err)
	}
	start := 0
	for _, end := range ends {
		lines, start = append(lines, text[start:end:end]), end
	}
	return lines
}
