package jsontext

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// FuzzOpaque: what is taken is JSON and comes out as encoding/json compacts it; what is compact is taken as it is.
func FuzzOpaque(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : [ 1 , -0 , true , null ] } `, `{"a":"\u00e9\ud83d\ude42\"\\\n"}`, `{"a":{"b":[[],{}]},"a":2}`, `{"a":1e5}`, `{"a":01}`,
		`{"a":"\ud800"}`, `{"a":"` + "\x01" + `"}`, `{"a" "b"}`, `{,}`, `{"a":1,}`, `[1]`, `{"a":tru}`, `{"a":"\x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(text)
		object, err := r.Opaque()
		if err == nil {
			err = r.End()
		}
		if err != nil || !utf8.Valid(text) {
			return
		}
		var want bytes.Buffer
		if err := json.Compact(&want, text); err != nil || !bytes.Equal(object, want.Bytes()) {
			t.Fatalf("%q becomes %q, want %q: %v", text, object, want.Bytes(), err)
		}
		if err := CheckOpaque(object); err != nil {
			t.Fatalf("%q: %v", object, err)
		}
	})
}

func TestStringsAreReadAsEncodingJSONReadsThem(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	parts := []string{"a", "bc", "é", "🙂", `\n`, `\"`, `\\`, `\u00e9`, `"`, "\x1f", "\x7f", " ", `\`, `\ud800`, "!", "#", "[", "]"}
	taken := 0
	for range 10_000 {
		text := []byte{'"'}
		for range random.IntN(24) {
			text = append(text, parts[min(random.IntN(4*len(parts)), random.IntN(len(parts)))]...)
		}
		text = append(text, '"')
		r := NewReader(text)
		got, err := r.String()
		if err == nil {
			err = r.End()
		}
		var want string
		if valid := json.Unmarshal(text, &want) == nil; valid != (err == nil) || valid && string(got) != want {
			t.Fatalf("%q is read as %q: %v", text, got, err)
		} else if valid {
			taken++
		}
	}
	if taken < 500 || taken > 9_500 {
		t.Fatalf("%d of 10,000 were strings", taken)
	}
}

func TestIntegers(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "-0": 0, "7 ": 7, "9223372036854775807": 1<<63 - 1, "-9223372036854775807": -(1<<63 - 1)} {
		r := NewReader([]byte(text))
		if got, err := r.Integer(); err != nil || got != want {
			t.Errorf("%s is read as %d: %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "01", "-01", "1.0", "1e3", "1E3", `"1"`, "9223372036854775808", "99999999999999999999999", "true", "+1", " "} {
		r := NewReader([]byte(text))
		if got, err := r.Integer(); err == nil {
			t.Errorf("%s is read as %d", text, got)
		}
	}
}
