package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
)

// Record is one decided command with the events it caused, one moment of the log. It is written as a whole, so
// that no crash separates a command from its events. The journal knows nothing of what its bytes mean.
type Record struct {
	StampNS       int64
	FirstSequence uint64
	Count         int    // events in Events, from 1; their sequences are consecutive
	Command       []byte // empty: a command that the engine need not write down
	Events        []byte
}

// LastSequence is the sequence of the record's last event.
func (r *Record) LastSequence() uint64 { return r.FirstSequence + uint64(r.Count) - 1 }

// A record on disk, little endian:
//
//	magic u32 | CRC32C u32 of all that follows | length u32 of the whole record | group offset u32 |
//	stamp i64 | first sequence u64 | event count u32 | command length u32 | command | events
//
// The group offset is how far from the start of its group the record lies: everything before the group was on
// disk when the record was written. It tells a torn tail from damage, see recovery.
const (
	recordMagic       = 0x33524a44 // "DJR3"
	recordHeaderBytes = 40
	maxRecordBytes    = 1 << 30

	atCRC, atLength, atGroup, atStamp, atFirst, atCount, atCommand = 4, 8, 12, 16, 24, 32, 36
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errRecord says that the bytes at a position are not a whole, undamaged record.
var errRecord = errors.New("not a whole record")

// appendRecord appends an encoded record that begins groupOffset bytes into its group.
func appendRecord(to []byte, groupOffset int, stampNS int64, first uint64, count int, command, events []byte) []byte {
	start, length := len(to), recordHeaderBytes+len(command)+len(events)
	to = slices.Grow(to, length)[:start+length]
	record := to[start:]
	little := binary.LittleEndian
	little.PutUint32(record, recordMagic)
	little.PutUint32(record[atLength:], uint32(length))
	little.PutUint32(record[atGroup:], uint32(groupOffset))
	little.PutUint64(record[atStamp:], uint64(stampNS))
	little.PutUint64(record[atFirst:], first)
	little.PutUint32(record[atCount:], uint32(count))
	little.PutUint32(record[atCommand:], uint32(len(command)))
	copy(record[recordHeaderBytes:], command)
	copy(record[recordHeaderBytes+len(command):], events)
	little.PutUint32(record[atCRC:], crc32.Checksum(record[atLength:], castagnoli))
	return to
}

// recordLength is the length that a record header claims; errRecord when no record begins like that.
// It needs recordHeaderBytes of input.
func recordLength(header []byte) (int, error) {
	if binary.LittleEndian.Uint32(header) != recordMagic {
		return 0, errRecord
	}
	length := binary.LittleEndian.Uint32(header[atLength:])
	command := binary.LittleEndian.Uint32(header[atCommand:])
	if length < recordHeaderBytes || length > maxRecordBytes || command > length-recordHeaderBytes {
		return 0, errRecord
	}
	return int(length), nil
}

// checkRecord compares the checksum of a whole record, whose length was read from it.
func checkRecord(record []byte) error {
	if binary.LittleEndian.Uint32(record[atCRC:]) != crc32.Checksum(record[atLength:], castagnoli) {
		return errRecord
	}
	return nil
}

// viewRecord reads a whole record whose length was checked. The view shares its memory.
func viewRecord(record []byte) (r Record, groupOffset int64) {
	little := binary.LittleEndian
	events := recordHeaderBytes + int(little.Uint32(record[atCommand:]))
	return Record{
		StampNS:       int64(little.Uint64(record[atStamp:])),
		FirstSequence: little.Uint64(record[atFirst:]),
		Count:         int(little.Uint32(record[atCount:])),
		Command:       record[recordHeaderBytes:events:events],
		Events:        record[events:len(record):len(record)],
	}, int64(little.Uint32(record[atGroup:]))
}
