// Package sequencer turns commands into events, one at a time: it gives them their sequences, remembers
// what it decided and keeps the books of all symbols. It is deterministic: the same commands with the same
// stamps give the same events, byte for byte. It does no I/O and reads no clock; who calls it makes the
// events durable before anybody sees them.
package sequencer

import (
	"errors"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

// Reasons for a refusal: the log holds nothing of the command.
const (
	RefusedExpired      = "expired"
	RefusedExpiryTooFar = "expiry_too_far"
)

// maxExpiryAhead bounds the memory of a command: one that would have to be remembered longer is refused.
const maxExpiryAhead = int64(time.Hour)

// Sequencer holds the state of all symbols. It is not safe for concurrent use.
type Sequencer struct {
	lastSequence uint64
	lastStampNS  int64
	books        *book.Books
	limits       book.Limits
}

// New makes a sequencer at the beginning of a log.
func New(limits book.Limits) *Sequencer {
	return &Sequencer{books: book.New(limits), limits: limits}
}

// Decision is what became of one command. Nothing is to be journalled when it was refused or is a repeat.
type Decision struct {
	Refused     string // why; empty: the command is, or was, journalled
	Repeated    bool   // decided before: First and Last are the first result's
	First, Last uint64 // sequences of its events
	Trades      int32
}

// Apply decides one command at a stamp, which must be later than every stamp before, and appends its events in their
// binary form.
func (s *Sequencer) Apply(c *command.Command, stampNS int64, events []byte) (Decision, []byte) {
	panic("not written yet")
}

// Due says whether a tick must come before a command with this stamp (rule E2).
func (s *Sequencer) Due(stampNS int64) bool { return s.books.NextExpiryNS() <= stampNS }

// Ahead loads what the next commands will need into the caches. It changes nothing; a dozen or so at a time pays.
func (s *Sequencer) Ahead(commands []command.Command) {}

// Replay decides a journalled command again. An error means that this program decides otherwise than the one that wrote
// the journal, or that the journal was changed; going on would contradict what others were told.
func (s *Sequencer) Replay(r event.Record) error { return errors.New("not written yet") }

// AppendSnapshot appends the whole state. The same state gives the same bytes, however it was reached.
func (s *Sequencer) AppendSnapshot(to []byte) []byte { return to }

// Restore reads what AppendSnapshot wrote.
func Restore(snapshot []byte) (*Sequencer, error) { return nil, errors.New("not written yet") }

// LastSequence is the sequence of the last event; 0: none yet.
func (s *Sequencer) LastSequence() uint64 { return s.lastSequence }

// LastStampNS is the stamp of the last event; 0: none yet.
func (s *Sequencer) LastStampNS() int64 { return s.lastStampNS }

// Limits hold since the last set_limits, or since New.
func (s *Sequencer) Limits() book.Limits { return s.limits }

// Remembered is how many command ids the memory holds.
func (s *Sequencer) Remembered() int { return 0 }

// Books are the books of all symbols, to look at.
func (s *Sequencer) Books() *book.Books { return s.books }
