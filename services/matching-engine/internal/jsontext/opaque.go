package jsontext

import (
	"bytes"
	"errors"
)

// maxDepth bounds an opaque object. What is within it, and has no other faults that are named here, every reader of the
// log can take: a parser that recurses, one that makes floats of numbers, a database that keeps text.
const maxDepth = 64

// Errors of an opaque object.
var (
	errDepth      = errors.New("must not be nested more than 64 deep")
	errNumber     = errors.New("must not contain numbers but 64-bit integers; a decimal is a string")
	errNUL        = errors.New(`must not contain the character \u0000`)
	errSurrogate  = errors.New("must not contain half of a surrogate pair")
	errNotCompact = errors.New("must be without space between its parts")
)

// Opaque reads an object as a whole, with whatever is in it, and returns it without space between its parts: a view when
// there was none, a copy otherwise.
func (r *Reader) Opaque() ([]byte, error) {
	if r.peek() != '{' {
		return nil, ErrObject
	}
	start := r.at
	spaces, err := r.skipNested()
	if err != nil {
		return nil, err
	}
	if spaces == 0 {
		return r.data[start:r.at], nil
	}
	return compact(make([]byte, 0, r.at-start-spaces), r.data[start:r.at]), nil
}

// CheckOpaque says whether a text is an object that Opaque would return as it is.
func CheckOpaque(text []byte) error {
	if len(text) == 0 || text[0] != '{' {
		return ErrObject
	}
	r := Reader{data: text}
	spaces, err := r.skipNested()
	switch {
	case err != nil:
		return err
	case r.at != len(text):
		return ErrSyntax
	case spaces > 0:
		return errNotCompact
	}
	return nil
}

// skipNested reads an object or an array, and counts the spaces in it that say nothing.
func (r *Reader) skipNested() (spaces int, err error) {
	var stack [maxDepth]byte // what ends each of the open objects and arrays
	depth := 0
	open, first := r.data[r.at], true
	for {
		if open != 0 { // an object or an array starts
			if depth == maxDepth {
				return 0, errDepth
			}
			stack[depth] = open + 2 // '{' and '}', '[' and ']' are two apart
			depth++
			r.at++
			open, first = 0, true
		}
		spaces += r.skipSpace()
		more, err := r.next(first, stack[depth-1])
		if err != nil {
			return 0, err
		}
		first = false
		if !more {
			if depth--; depth == 0 {
				return spaces, nil
			}
			continue
		}
		spaces += r.skipSpace()
		if stack[depth-1] == '}' {
			named, err := r.skipName()
			if err != nil {
				return 0, err
			}
			spaces += named
		}
		if c := r.peek(); c == '{' || c == '[' {
			open = c
			continue
		}
		if err := r.skipScalar(); err != nil {
			return 0, err
		}
	}
}

func (r *Reader) skipSpace() int {
	start := r.at
	r.peek()
	return r.at - start
}

// skipName reads a member's name, the colon, and the space round it.
func (r *Reader) skipName() (spaces int, err error) {
	if r.peek() != '"' {
		return 0, ErrSyntax
	}
	if err := r.skipString(); err != nil {
		return 0, err
	}
	spaces = r.skipSpace()
	if r.peek() != ':' {
		return 0, ErrSyntax
	}
	r.at++
	return spaces + r.skipSpace(), nil
}

func (r *Reader) skipScalar() error {
	switch c := r.peek(); {
	case c == '"':
		return r.skipString()
	case c == 't':
		return r.skipWord("true")
	case c == 'f':
		return r.skipWord("false")
	case c == 'n':
		return r.skipWord("null")
	}
	return r.skipNumber()
}

func (r *Reader) skipWord(word string) error {
	if !bytes.HasPrefix(r.data[r.at:], []byte(word)) {
		return ErrSyntax
	}
	r.at += len(word)
	return nil
}

func (r *Reader) skipNumber() error {
	if c := r.byteAt(); c != '-' && !isDigit(c) {
		return ErrSyntax
	}
	if _, err := r.Integer(); err != nil {
		return errNumber
	}
	return nil
}

// byteAt is the byte here; 0 at the end.
func (r *Reader) byteAt() byte {
	if r.at < len(r.data) {
		return r.data[r.at]
	}
	return 0
}

func (r *Reader) skipString() error {
	for r.at++; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return nil
		case c == '\\':
			if err := r.skipEscape(); err != nil {
				return err
			}
		case c < ' ':
			return ErrSyntax
		}
	}
	return ErrSyntax
}

// skipEscape leaves the position at the escape's last byte. PostgreSQL's jsonb can hold neither NUL nor half of a
// surrogate pair: an event with one would stop every consumer that keeps it.
func (r *Reader) skipEscape() error {
	r.at++
	if r.byteAt() != 'u' {
		if bytes.IndexByte([]byte(`"\/bfnrt`), r.byteAt()) < 0 {
			return ErrSyntax
		}
		return nil
	}
	unit, ok := r.hex4(r.at + 1)
	if !ok {
		return ErrSyntax
	}
	r.at += 4
	switch {
	case unit == 0:
		return errNUL
	case unit < 0xd800 || unit > 0xdfff:
		return nil
	}
	low, ok := r.hex4(r.at + 3)
	if unit > 0xdbff || !ok || r.data[r.at+1] != '\\' || r.data[r.at+2] != 'u' || low < 0xdc00 || low > 0xdfff {
		return errSurrogate
	}
	r.at += 6
	return nil
}

func (r *Reader) hex4(at int) (value int, ok bool) {
	if at+4 > len(r.data) {
		return 0, false
	}
	for _, c := range r.data[at : at+4] {
		switch {
		case isDigit(c):
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		value = value<<4 | int(c)
	}
	return value, true
}

// compact appends a valid text without the space between its parts.
func compact(to, text []byte) []byte {
	inString := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			inString = !inString
		case inString && c == '\\':
			to = append(to, c)
			i++
			c = text[i]
		case !inString && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
			continue
		}
		to = append(to, c)
	}
	return to
}
