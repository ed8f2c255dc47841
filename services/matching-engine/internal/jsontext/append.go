package jsontext

// AppendString appends a JSON string. The text must be valid UTF-8.
func AppendString(to []byte, text string) []byte {
	const digits = "0123456789abcdef"
	to = append(to, '"')
	start := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
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
