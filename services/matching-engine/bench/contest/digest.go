package contest

import (
	"encoding/binary"
	"math/bits"

	"daytrading/matching-engine/internal/book"
)

// Digest reads every field of every event that a book makes, and hashes them in order. Two books that say the same have the
// same digest; and no compiler can leave out the making of an event that is read.
type Digest struct {
	Hash   uint64
	Events uint64
	Trades uint64
}

const (
	odd1 = 0x9e3779b97f4a7c15
	odd2 = 0xd6e8feb86659fd93
	odd3 = 0xa0761d6478bd642f
	odd4 = 0xe7037ed1a0b428db
)

// Add reads one message's events. The multiplications of one event wait for nothing but its fields, so that hashing costs
// little beside what is measured; only the last one links it to the events before.
func (d *Digest) Add(events []book.Event) {
	for i := range events {
		e := &events[i]
		word := binary.LittleEndian.Uint64
		keeps := uint64(0)
		if e.KeepsPriority {
			keeps = 1
		}
		small := uint64(e.Kind) | uint64(e.Reason)<<8 | uint64(e.Side)<<16 | uint64(e.Phase)<<24 | keeps<<32 | uint64(e.Leg)<<40
		x := fold(word(e.Order[:8])^odd1, word(e.Order[8:])^odd2) ^
			fold(word(e.Other[:8])^odd3, word(e.Other[8:])^odd4) ^
			fold(small^odd2, (uint64(e.Symbol)|uint64(e.Account)<<32)^odd3) ^
			fold((uint64(e.TakerAccount)|uint64(uint32(e.TrailBasisPoints))<<32)^odd4, uint64(e.PriceTicks)^odd1) ^
			fold(uint64(e.StopPriceTicks)^odd1, uint64(e.TrailTicks)^odd3) ^
			fold(uint64(e.QuantityLots)^odd2, uint64(e.RemainingLots)^odd4) ^
			uint64(e.TakerRemainingLots)*odd3
		d.Hash = (d.Hash ^ x) * odd1
		if e.Kind == book.Traded {
			d.Trades++
		}
	}
	d.Events += uint64(len(events))
}

func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
