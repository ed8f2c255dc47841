// Package event is what the matching engine says: the compact binary form of a command's events, which the journal keeps,
// and their JSON form, which readers get. The binary form leaves out what the command says already, so a record, that is
// a command with its events, is read as a whole; it needs no state beside it.
package event

// Record is one journalled command with its events.
type Record struct {
	StampNS       int64  // the journal time of all its events
	FirstSequence uint64 // of its first event; the others follow without a gap
	Count         int    // of its events, at least 1
	Command       []byte // package command's binary form
	Events        []byte // this package's binary form
}
