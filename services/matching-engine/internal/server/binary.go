package server

import (
	"encoding/binary"

	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/sequencer"
)

// Outcomes in a binary answer (contracts/engine/binary.md).
const (
	binaryJournalled   = 1
	binaryRepeated     = 2
	binaryExpired      = 3
	binaryExpiryTooFar = 4
)

// appendBinaryResults is the answer to a call in its binary form, little endian:
//
//	log id, 16 bytes | last sequence u64 | journal time i64 | count u32 |
//	for each command: outcome u8 | first sequence u64 | last sequence u64
func (s *Server) appendBinaryResults(to []byte, call *engine.Call) []byte {
	little := binary.LittleEndian
	to = append(to, s.logID[:]...)
	to = little.AppendUint64(to, call.State.LastSequence)
	to = little.AppendUint64(to, uint64(call.State.JournalTimeNS))
	to = little.AppendUint32(to, uint32(len(call.Decisions)))
	for i := range call.Decisions {
		d := &call.Decisions[i]
		to = append(to, binaryOutcome(d))
		to = little.AppendUint64(to, d.First)
		to = little.AppendUint64(to, d.Last)
	}
	return to
}

func binaryOutcome(d *sequencer.Decision) byte {
	switch {
	case d.Refused == sequencer.RefusedExpired:
		return binaryExpired
	case d.Refused == sequencer.RefusedExpiryTooFar:
		return binaryExpiryTooFar
	case d.Repeated:
		return binaryRepeated
	}
	return binaryJournalled
}
