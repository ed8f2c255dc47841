package command_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"reflect"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/command"
)

// block is the first one of a language in a Markdown text.
func block(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, "```"+language+"\n")
	content, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatalf("there is no block of %s", language)
	}
	return content
}

func TestTheExampleOfTheContractIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../../../contracts/engine/binary.md")
	if err != nil {
		t.Fatal(err)
	}
	var digits strings.Builder
	for line := range strings.Lines(block(t, string(text), "hex")) {
		before, _, _ := strings.Cut(line, ";")
		digits.WriteString(strings.ReplaceAll(strings.TrimSpace(before), " ", ""))
	}
	body, err := hex.DecodeString(digits.String())
	if err != nil {
		t.Fatal(err)
	}
	fromBinary, err := command.DecodeBinaryCall(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := command.DecodeCall(nil, []byte(block(t, string(text), "json")))
	if err != nil || !reflect.DeepEqual(fromBinary, fromJSON) {
		t.Fatalf("the bytes say %+v, the JSON %+v: %v", fromBinary, fromJSON, err)
	}
	var again []byte
	for i := range fromJSON {
		again = command.AppendBinaryCall(again, &fromJSON[i])
	}
	if !bytes.Equal(again, body) {
		t.Fatalf("the JSON becomes\n% x", again)
	}
}
