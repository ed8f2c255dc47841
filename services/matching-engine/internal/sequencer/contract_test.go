package sequencer

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the golden events anew")

const (
	contract    = "../../../../contracts/engine"
	goldenStart = int64(1790000000000000000)
)

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

func golden(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(contract, "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestContractGoldenCommandsMakeTheGoldenEvents(t *testing.T) {
	body := golden(t, "commands.json")
	if err := conforms(t, schema(t, "commands.schema.json"), body); err != nil {
		t.Fatal(err)
	}
	commands, err := DecodeCall(body)
	if err != nil {
		t.Fatal(err)
	}
	s, stamp := New(), goldenStart
	var lines [][]byte
	for i := range commands {
		stamp++
		lines = append(lines, s.Apply(&commands[i], stamp).Events...)
	}
	lines = append(lines, s.Apply(&Command{Kind: Tick}, stamp+1).Events...)
	made := append([]byte("[\n"), bytes.Join(lines, []byte(",\n"))...)
	made = append(made, "\n]\n"...)
	if *update {
		if err := os.WriteFile(filepath.Join(contract, "golden", "events.json"), made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := golden(t, "events.json"); !bytes.Equal(made, want) {
		t.Fatalf("the engine makes\n%s\nbut the contract says\n%s", made, want)
	}
	event, kinds := schema(t, "event.schema.json"), map[string]bool{}
	for _, line := range lines {
		if err := conforms(t, event, line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		var e struct{ Kind string }
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		kinds[e.Kind] = true
	}
	if len(kinds) != 10 {
		t.Errorf("the golden events show %d of the 10 kinds", len(kinds))
	}
}

func TestContractBadBodiesAreRefusedByEngineAndSchemaAlike(t *testing.T) {
	var cases []struct {
		Why  string
		Body json.RawMessage
	}
	if err := json.Unmarshal(golden(t, "refused.json"), &cases); err != nil {
		t.Fatal(err)
	}
	s := schema(t, "commands.schema.json")
	for _, c := range cases {
		_, err := DecodeCall(c.Body)
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Reason == "" {
			t.Errorf("%s: the engine takes it: %v", c.Why, err)
		}
		if conforms(t, s, c.Body) == nil {
			t.Errorf("%s: the schema allows it", c.Why)
		}
	}
}

// What JSON Schema cannot say.
func TestBodiesBeyondTheSchemaAreRefused(t *testing.T) {
	one := `{"command_id":"c0000000-0000-4000-8000-000000000001","kind":"list_symbol","symbol":"X"}`
	for why, body := range map[string]string{
		"not JSON":             `{"commands":[`,
		"nothing":              ``,
		"an array":             `[]`,
		"two documents":        `{"commands":[` + one + `]}{}`,
		"a member twice":       `{"commands":[` + strings.Replace(one, `"symbol":"X"`, `"symbol":"X","symbol":"Y"`, 1) + `]}`,
		"not UTF-8":            strings.Replace(`{"commands":[`+one+`]}`, `"X"`, "\"X\xff\"", 1),
		"too many commands":    `{"commands":[` + strings.Repeat(one+",", MaxCommandsPerCall) + one + `]}`,
		"the nil UUID":         `{"commands":[` + strings.Replace(one, "c0000000-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000", 1) + `]}`,
		"an exponent":          strings.Replace(string(compact(golden(t, "commands.json"))), `"quantity_lots":5`, `"quantity_lots":5e0`, 1),
		"a NUL in the terms":   strings.Replace(string(compact(golden(t, "commands.json"))), `"terms":{`, `"terms":{"x":"\u0000",`, 1),
		"a control character":  strings.Replace(string(compact(golden(t, "commands.json"))), `"client-3"`, `"client\u0007"`, 1),
		"a name within quotes": strings.Replace(`{"commands":[`+one+`]}`, `"kind":`, `"kind ":`, 1),
	} {
		_, err := DecodeCall([]byte(body))
		var invalid *InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func compact(document []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, document); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// FuzzDecodeCall: whatever is taken can be written to the journal, read again and decided, and its events are JSON.
func FuzzDecodeCall(f *testing.F) {
	seed, err := os.ReadFile(filepath.Join(contract, "golden", "commands.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(compact(seed))
	f.Add([]byte(`{"commands":[{"command_id":"c0000000-0000-4000-8000-000000000001","kind":"end_session","session":"2026-11-22","ends_at_ns":1795392000000000000}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		commands, err := DecodeCall(body)
		if err != nil {
			return
		}
		s := New()
		for i := range commands {
			journalled := AppendCommand(nil, &commands[i])
			again, err := DecodeCommand(journalled)
			if err != nil || !bytes.Equal(AppendCommand(nil, &again), journalled) {
				t.Fatalf("%s does not come back from the journal: %v", journalled, err)
			}
			for _, event := range s.Apply(&commands[i], int64(i)+1).Events {
				if !json.Valid(event) {
					t.Fatalf("not JSON: %s", event)
				}
			}
		}
	})
}
