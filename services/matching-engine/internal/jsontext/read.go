// Package jsontext reads JSON more strictly than encoding/json (exact names, integers that are integers) in one pass and
// without allocation, and writes it by appending to a buffer. It knows nothing of what the JSON means.
package jsontext

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"math/bits"
)

// Errors of this package say what a value should have been.
var (
	ErrSyntax  = errors.New("is not valid JSON in UTF-8")
	ErrObject  = errors.New("must be an object")
	ErrArray   = errors.New("must be an array")
	ErrString  = errors.New("must be a string")
	ErrInteger = errors.New("must be a 64-bit integer without fraction or exponent")
)

// Reader reads a document from its start to its end; the caller says what it expects next. What it returns are views of
// the document. It does not check UTF-8, which is quicker done for the whole document.
//
// An error about a value comes before what follows it was looked at: when the document is no JSON at all, that may not
// have shown yet.
type Reader struct {
	data []byte
	at   int
}

// NewReader reads a document.
func NewReader(document []byte) Reader { return Reader{data: document} }

// End says whether nothing but space follows.
func (r *Reader) End() error {
	if r.peek() != 0 || r.at != len(r.data) {
		return ErrSyntax
	}
	return nil
}

// peek skips space and is the next byte; 0 at the end.
func (r *Reader) peek() byte {
	for r.at < len(r.data) {
		c := r.data[r.at]
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
		r.at++
	}
	return 0
}

// Object enters an object.
func (r *Reader) Object() error {
	if r.peek() != '{' {
		return ErrObject
	}
	r.at++
	return nil
}

// Member goes to the next member of the object that was entered, and is its name; first says that it is the object's
// first. Where there is none it leaves the object, and the name is nil.
func (r *Reader) Member(first bool) (name []byte, err error) {
	more, err := r.next(first, '}')
	if !more || err != nil {
		return nil, err
	}
	if r.peek() != '"' {
		return nil, ErrSyntax
	}
	if name, err = r.String(); err != nil {
		return nil, err
	}
	if r.peek() != ':' {
		return nil, ErrSyntax
	}
	r.at++
	if name == nil {
		name = []byte{} // nil says that there is none
	}
	return name, nil
}

// Array enters an array.
func (r *Reader) Array() error {
	if r.peek() != '[' {
		return ErrArray
	}
	r.at++
	return nil
}

// Element goes to the next element of the array that was entered, as Member does.
func (r *Reader) Element(first bool) (more bool, err error) { return r.next(first, ']') }

// next passes the comma, or the end, of an object or an array.
func (r *Reader) next(first bool, end byte) (more bool, err error) {
	switch c := r.peek(); {
	case c == end:
		r.at++
		return false, nil
	case first && c != 0:
		return true, nil
	case c != ',':
		return false, ErrSyntax
	}
	r.at++
	return true, nil
}

// String reads a string. Only one with escapes is a copy.
func (r *Reader) String() ([]byte, error) {
	if r.peek() != '"' {
		return nil, ErrString
	}
	start := r.at
	escaped := false
	for at := plainUntil(r.data, start+1); at < len(r.data); at = plainUntil(r.data, at+1) {
		switch c := r.data[at]; {
		case c == '"':
			r.at = at + 1
			if escaped {
				return unescape(r.data[start:r.at])
			}
			return r.data[start+1 : at], nil
		case c == '\\':
			escaped = true
			at++
		case c < ' ':
			return nil, ErrSyntax
		}
	}
	return nil, ErrSyntax
}

// plainUntil is where the first byte that is a quote, a backslash or a control character may be, eight bytes at a step.
func plainUntil(data []byte, at int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; at+8 <= len(data); at += 8 {
		word := binary.LittleEndian.Uint64(data[at:])
		quote, backslash := word^(ones*'"'), word^(ones*'\\')
		special := ((quote-ones)&^quote | (backslash-ones)&^backslash | (word-ones*' ')&^word) & high
		if special != 0 {
			return at + bits.TrailingZeros64(special)/8
		}
	}
	return at
}

func unescape(quoted []byte) ([]byte, error) {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil, ErrSyntax
	}
	return []byte(text), nil
}

// Integer reads an integer; 1.0, 1e3 and "1" are none.
func (r *Reader) Integer() (int64, error) {
	c := r.peek()
	negative := c == '-'
	if negative {
		r.at++
	}
	start, number := r.at, uint64(0)
	for r.at < len(r.data) && isDigit(r.data[r.at]) {
		digit := uint64(r.data[r.at] - '0')
		if number > (math.MaxInt64-digit)/10 {
			return 0, ErrInteger // the least of all integers too: nobody needs it
		}
		number = number*10 + digit
		r.at++
	}
	if r.at == start || r.data[start] == '0' && r.at > start+1 {
		return 0, ErrInteger
	}
	if r.at < len(r.data) && (r.data[r.at] == '.' || r.data[r.at]|0x20 == 'e') {
		return 0, ErrInteger
	}
	if negative {
		return -int64(number), nil
	}
	return int64(number), nil
}

func isDigit(c byte) bool { return c-'0' <= 9 }
