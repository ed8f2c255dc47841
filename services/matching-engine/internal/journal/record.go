package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// Entry is one decided command with the events it caused. It is written as one record, so that a crash never
// leaves a command without its events.
type Entry struct {
	StampNS       int64
	FirstSequence uint64
	Command       []byte   // empty: a tick
	Events        [][]byte // JSON, as readers get it
}

// LastSequence is the sequence of the entry's last event.
func (e *Entry) LastSequence() uint64 { return e.FirstSequence + uint64(len(e.Events)) - 1 }

// A record: magic, payload length, CRC32C of the payload (each 32 bits, little endian), then the payload:
//
//	group start u64 | stamp i64 | first sequence u64 | command length u32 | command |
//	event count u32 | { event length u32 | event } ...
//
// The group start is the position in the segment at which the record's group began: everything before it was
// on disk when the record was written. It tells a torn tail from damage: see recovery.
const (
	recordMagic       = 0x4a4e4531 // "1ENJ"
	recordHeaderBytes = 12
	payloadFixedBytes = 8 + 8 + 8 + 4 + 4
	maxPayloadBytes   = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errRecord says that the bytes at a position are not a whole, undamaged record.
var errRecord = errors.New("not a whole record")

func appendRecord(to []byte, groupStart int64, e *Entry) []byte {
	start := len(to)
	to = append(to, make([]byte, recordHeaderBytes)...)
	to = binary.LittleEndian.AppendUint64(to, uint64(groupStart))
	to = binary.LittleEndian.AppendUint64(to, uint64(e.StampNS))
	to = binary.LittleEndian.AppendUint64(to, e.FirstSequence)
	to = appendBytes(to, e.Command)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(e.Events)))
	for _, event := range e.Events {
		to = appendBytes(to, event)
	}
	payload := to[start+recordHeaderBytes:]
	binary.LittleEndian.PutUint32(to[start:], recordMagic)
	binary.LittleEndian.PutUint32(to[start+4:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(to[start+8:], crc32.Checksum(payload, castagnoli))
	return to
}

func appendBytes(to, bytes []byte) []byte {
	to = binary.LittleEndian.AppendUint32(to, uint32(len(bytes)))
	return append(to, bytes...)
}

// payloadLength reads a record header; it fails when a record of that length cannot be there.
func payloadLength(header []byte, remainingBytes int64) (int64, error) {
	if len(header) < recordHeaderBytes || binary.LittleEndian.Uint32(header) != recordMagic {
		return 0, errRecord
	}
	length := int64(binary.LittleEndian.Uint32(header[4:]))
	if length < payloadFixedBytes || length > maxPayloadBytes || length > remainingBytes-recordHeaderBytes {
		return 0, errRecord
	}
	return length, nil
}

func checkPayload(header, payload []byte) error {
	if binary.LittleEndian.Uint32(header[8:]) != crc32.Checksum(payload, castagnoli) {
		return errRecord
	}
	return nil
}

// decodePayload reads a payload whose checksum was right. The entry shares the payload's memory.
func decodePayload(payload []byte) (e Entry, groupStart int64, err error) {
	r := reader{rest: payload}
	groupStart = int64(r.uint64())
	e.StampNS = int64(r.uint64())
	e.FirstSequence = r.uint64()
	e.Command = r.bytes()
	count := r.uint32()
	if int64(count)*4 > int64(len(r.rest)) {
		return Entry{}, 0, fmt.Errorf("a record claims %d events in %d bytes", count, len(r.rest))
	}
	e.Events = make([][]byte, 0, count)
	for range count {
		e.Events = append(e.Events, r.bytes())
	}
	if r.short || len(r.rest) > 0 || count == 0 {
		return Entry{}, 0, errors.New("a record's parts do not fill it exactly")
	}
	return e, groupStart, nil
}

// reader takes values off the front and notes when there were too few bytes.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.short = true
		r.rest = nil
		return make([]byte, min(n, 8))
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) uint64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) bytes() []byte  { return r.take(int(r.uint32())) }
