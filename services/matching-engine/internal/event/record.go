// Package event is what the matching engine says: the compact binary form of a command's events, which the journal keeps,
// and their JSON form, which readers get.
//
// The binary form leaves out what the command says already, so a record, that is a command with its events, is read as a
// whole; it needs no state beside it. An event is
//
//	kind u8 (bits 0 to 4), whose order it is about (bits 5 and 6) | [order id, account id] | what its kind has
//
// Whose: 0 the order named here; 1 the command's order, a replace's new one; 2 a pair's stop order, a replace's old one;
// 3 the order of the last order_triggered. Numbers are unsigned varints. Kind 0 is no event: it names the symbol of the
// events from there on, where the command does not: length u8 | text. What each kind has stands in encode.go.
package event

// Record is one journalled command with its events.
type Record struct {
	StampNS       int64  // the journal time of all its events
	FirstSequence uint64 // of its first event; the others follow without a gap
	Count         int    // of its events, at least 1
	Command       []byte // package command's binary form
	Events        []byte // this package's binary form
}
