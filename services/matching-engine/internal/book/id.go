package book

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
)

// ID is a UUID: an order's, an account's or a command's.
type ID [16]byte

// Hash mixes an id into 32 bits, of which every one depends on every bit of the id. The keys are fixed: no table is
// ever walked in its own order, so nothing that is decided depends on them.
func (id *ID) Hash() uint32 {
	first := binary.LittleEndian.Uint64(id[:8]) ^ 0x9e3779b97f4a7c15
	last := binary.LittleEndian.Uint64(id[8:]) ^ 0xd1b54a32d192ed03
	high, low := bits.Mul64(first, last)
	// Besides the product both halves themselves: where one is zero, the other still counts.
	return uint32(((high ^ low ^ first ^ bits.RotateLeft64(last, 32)) * 0x2545f4914f6cdd1d) >> 32)
}

const idTextBytes = 36

// ErrID says that a text is not a UUID in its lower-case form.
var ErrID = errors.New("must be a UUID in its lower-case text form")

// ParseID reads the lower-case text form of a UUID.
func ParseID(text string) (ID, error) {
	if len(text) != idTextBytes || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, ErrID
	}
	var id ID
	wrong := byte(0)
	for i, at := range idDigits {
		high, low := hexValues[text[at]], hexValues[text[at+1]]
		wrong |= high | low
		id[i] = high<<4 | low
	}
	if wrong > 15 {
		return ID{}, ErrID
	}
	return id, nil
}

// idDigits says where in the text the two digits of each byte begin.
var idDigits = [16]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexValues are the values of the digits; 255: none.
var hexValues = func() (values [256]byte) {
	for c := range values {
		values[c] = 255
	}
	for i, c := range []byte("0123456789abcdef") {
		values[c] = byte(i)
	}
	return values
}()

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
