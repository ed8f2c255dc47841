// Package jsontext reads JSON more strictly than encoding/json (exact names, no repeated names, integers
// that are integers) and writes it by appending to a buffer. It knows nothing of what the JSON means.
package jsontext

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Errors of this package say what a value should have been.
var (
	ErrSyntax  = errors.New("is not valid JSON in UTF-8")
	ErrObject  = errors.New("must be an object")
	ErrArray   = errors.New("must be an array")
	ErrString  = errors.New("must be a string")
	ErrInteger = errors.New("must be a 64-bit integer without fraction or exponent")
)

// Check says whether a document is valid. Every other reader of this package relies on it having passed.
func Check(document []byte) error {
	if !utf8.Valid(document) || !json.Valid(document) {
		return ErrSyntax
	}
	return nil
}

// Object calls member for each member of an object, in order, with the value as raw JSON. A name that comes
// twice is an error: two readers could take it for two different things.
func Object(value []byte, member func(name string, value []byte) error) error {
	at := skipSpace(value, 0)
	if at >= len(value) || value[at] != '{' {
		return ErrObject
	}
	seen := make([]string, 0, 16)
	for at = skipSpace(value, at+1); value[at] != '}'; at = skipSpace(value, at) {
		if value[at] == ',' {
			at = skipSpace(value, at+1)
		}
		end := skipValue(value, at)
		name, err := String(value[at:end])
		if err != nil {
			return err
		}
		for _, earlier := range seen {
			if earlier == name {
				return fmt.Errorf("has the member %q twice", name)
			}
		}
		seen = append(seen, name)
		at = skipSpace(value, skipSpace(value, end)+1) // past the colon
		end = skipValue(value, at)
		if err := member(name, value[at:end]); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// Array calls element for each element of an array, in order, with the value as raw JSON.
func Array(value []byte, element func(value []byte) error) error {
	at := skipSpace(value, 0)
	if at >= len(value) || value[at] != '[' {
		return ErrArray
	}
	for at = skipSpace(value, at+1); value[at] != ']'; at = skipSpace(value, at) {
		if value[at] == ',' {
			at = skipSpace(value, at+1)
		}
		end := skipValue(value, at)
		if err := element(value[at:end]); err != nil {
			return err
		}
		at = end
	}
	return nil
}

// String reads a string.
func String(value []byte) (string, error) {
	if len(value) < 2 || value[0] != '"' {
		return "", ErrString
	}
	for _, c := range value {
		if c == '\\' {
			var text string
			err := json.Unmarshal(value, &text)
			return text, err
		}
	}
	return string(value[1 : len(value)-1]), nil
}

// Integer reads an integer; 1.0, 1e3 and "1" are none.
func Integer(value []byte) (int64, error) {
	if len(value) == 0 || value[0] == '"' {
		return 0, ErrInteger
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return 0, ErrInteger
	}
	return number, nil
}

func skipSpace(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\n' || data[at] == '\t' || data[at] == '\r') {
		at++
	}
	return at
}

// skipValue is the position after the value that starts at the given one.
func skipValue(data []byte, at int) int {
	switch data[at] {
	case '"':
		return skipString(data, at)
	case '{', '[':
		return skipNested(data, at)
	}
	for at < len(data) {
		switch data[at] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return at
		}
		at++
	}
	return at
}

func skipString(data []byte, at int) int {
	for at++; data[at] != '"'; at++ {
		if data[at] == '\\' {
			at++
		}
	}
	return at + 1
}

func skipNested(data []byte, at int) int {
	for depth := 0; ; {
		switch data[at] {
		case '"':
			at = skipString(data, at)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return at + 1
			}
		}
		at++
	}
}
