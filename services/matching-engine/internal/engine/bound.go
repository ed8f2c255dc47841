package engine

import (
	"math/bits"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
)

// How much of the journal a call may take, from above: known before anything of it is decided, so that a full volume
// is found before a group is there that can be neither written nor taken back.
//
// What a command writes of its own accord is bounded by its own size. All else that it can cause is paid for by
// somebody who leaves: every trade uses up either the taker or what its maker shows, and every cancellation, expiry
// and trigger takes an order out of where it stood. So however many commands a call holds, they cannot cause more
// than what is open now, and what they themselves place, can cause by leaving once.
const (
	// recordBytes is more than the record of a command takes that touches no other order, but for the sender's own
	// texts: header 40, command below 300, the events of its own orders.
	recordBytes = 512

	// LeavingBytes is more than all events take that are paid for by one order that leaves, or by one part of an iceberg
	// that is used up. Of a triggered stop: order_triggered (41), the trade that uses it up (98), what its partner and
	// its maker's lose by that (50 each): 239. Of one that expires: the event, its symbol's name and a tick's record: 130.
	LeavingBytes = 256

	// maxNeed is the most that is asked for. Icebergs alone, and only when nearly all of what they hide is sold by one
	// call, could make a call cause more: no segment is larger, and no record may be.
	maxNeed = 1 << 30
)

// ownBytes is more than the commands of a call write of their own accord.
func ownBytes(c *Call) int64 {
	bytes := int64(0)
	for i := range c.Commands {
		command := &c.Commands[i]
		bytes += recordBytes + int64(len(command.ClientOrderID)+len(command.Terms)+len(command.StopClientOrderID)+len(command.StopTerms))
	}
	return bytes
}

// leaving is how many orders, or parts of icebergs, can leave by the commands of a call. Ticks come before them only
// where something is due.
func (d *decider) leaving(c *Call, due bool) int64 {
	a := arrivals{books: d.sequencer.Books(), many: due}
	for i := range c.Commands {
		a.add(&c.Commands[i])
	}
	if a.many {
		a.count += a.books.Showings()
	}
	return a.count
}

// arrivals are the orders, and parts of icebergs, that a call lets arrive and that may leave again.
type arrivals struct {
	books    *book.Books
	count    int64
	many     bool // some command may touch any number of other orders
	icebergs bool // some order of the call may be an iceberg, under an id that the books do not know yet
}

func (a *arrivals) add(c *command.Command) {
	switch c.Kind {
	case command.Place:
		a.count += showings(c.Order.QuantityLots, c.Order.DisplayLots)
		a.icebergs = a.icebergs || c.Order.DisplayLots > 0
	case command.PlacePair:
		a.count += 2
	case command.Replace: // it arrives again, and an iceberg may be shown more often
		display := a.books.Display(c.Order.ID)
		a.count += 1 + showings(max(c.Order.QuantityLots, 1), display)
		if a.icebergs && display == 0 {
			a.count += book.MaxShowings
		}
		a.icebergs = a.icebergs || display > 0
	case command.Cancel:
		a.count += 2 // with its partner
		return
	case command.CancelAll, command.EndSession:
	default:
		return
	}
	a.many = true
}

// showings is how often an order can be shown at most, by rule O6.
func showings(quantity, display int64) int64 {
	if display == 0 {
		return 1
	}
	return min((quantity-1)/display+1, book.MaxShowings)
}

// rounded is a need, at most an eighth larger: where a larger segment is wanted for it, the next few calls, which need a
// little more, do not want another.
func rounded(bytes int64) int64 {
	if bytes < 4096 {
		return bytes
	}
	step := int64(1) << (bits.Len64(uint64(bytes)) - 4)
	return (bytes + step - 1) &^ (step - 1)
}
