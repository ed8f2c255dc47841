package book

import (
	"encoding/hex"
	"errors"
)

// ID is a UUID: an order's, an account's or a command's.
type ID [16]byte

const idTextBytes = 36

// ErrID says that a text is not a UUID in its lower-case form.
var ErrID = errors.New("must be a UUID in its lower-case text form")

// ParseID reads the lower-case text form of a UUID.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != idTextBytes || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, ErrID
	}
	at := 0
	for i := range id {
		if at == 8 || at == 13 || at == 18 || at == 23 {
			at++
		}
		high, low := hexValue(text[at]), hexValue(text[at+1])
		if high > 15 || low > 15 {
			return ID{}, ErrID
		}
		id[i] = high<<4 | low
		at += 2
	}
	return id, nil
}

func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// AppendText appends the lower-case text form.
func (id ID) AppendText(to []byte) []byte {
	to = hex.AppendEncode(to, id[0:4])
	to = append(to, '-')
	to = hex.AppendEncode(to, id[4:6])
	to = append(to, '-')
	to = hex.AppendEncode(to, id[6:8])
	to = append(to, '-')
	to = hex.AppendEncode(to, id[8:10])
	to = append(to, '-')
	return hex.AppendEncode(to, id[10:16])
}

// String is the lower-case text form.
func (id ID) String() string { return string(id.AppendText(make([]byte, 0, idTextBytes))) }
