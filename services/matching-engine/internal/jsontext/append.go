package jsontext

import "strconv"

// Writer is JSON being appended to a buffer. Who uses it opens and closes the objects; it puts the commas between their
// members. Names must need no escape.
type Writer []byte

// Key begins a member.
func (w *Writer) Key(name string) {
	if last := (*w)[len(*w)-1]; last != '{' {
		*w = append(*w, ',')
	}
	*w = append(*w, '"')
	*w = append(*w, name...)
	*w = append(*w, '"', ':')
}

// Name writes a member that is one of a few names, which need no escape.
func (w *Writer) Name(name, value string) {
	w.Key(name)
	*w = append(*w, '"')
	*w = append(*w, value...)
	*w = append(*w, '"')
}

// Text writes a member that is a string of valid UTF-8.
func (w *Writer) Text(name string, value []byte) {
	w.Key(name)
	*w = appendString(*w, value)
}

// TextIf writes the member unless it is empty.
func (w *Writer) TextIf(name string, value []byte) {
	if len(value) > 0 {
		w.Text(name, value)
	}
}

// Integer writes a member that is an integer.
func (w *Writer) Integer(name string, value int64) {
	w.Key(name)
	*w = strconv.AppendInt(*w, value, 10)
}

// IntegerIf writes the member unless it is 0.
func (w *Writer) IntegerIf(name string, value int64) {
	if value != 0 {
		w.Integer(name, value)
	}
}

// Boolean writes a member that is true or false.
func (w *Writer) Boolean(name string, value bool) {
	w.Key(name)
	*w = strconv.AppendBool(*w, value)
}

// Raw writes a member that is JSON already.
func (w *Writer) Raw(name string, value []byte) {
	w.Key(name)
	*w = append(*w, value...)
}

// UUID writes a member that is a UUID in its lower-case text form.
func (w *Writer) UUID(name string, value [16]byte) {
	const digits = "0123456789abcdef"
	w.Key(name)
	text := [38]byte{0: '"', 9: '-', 14: '-', 19: '-', 24: '-', 37: '"'}
	at := 1
	for i, b := range value {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			at++
		}
		text[at], text[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	*w = append(*w, text[:]...)
}

func appendString(to, text []byte) []byte {
	const digits = "0123456789abcdef"
	to = append(to, '"')
	start := 0
	for i, c := range text {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		to = append(to, text[start:i]...)
		if c >= ' ' {
			to = append(to, '\\', c)
		} else {
			to = append(to, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		start = i + 1
	}
	to = append(to, text[start:]...)
	return append(to, '"')
}
