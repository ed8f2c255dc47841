package sequencer

import (
	"math/rand/v2"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
)

// TestTheMemoryIsAsExactAsAPlainOne holds it to a map without any forgetting, through pauses of seconds and of days.
func TestTheMemoryIsAsExactAsAPlainOne(t *testing.T) {
	for seed := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, 5))
		m, plain := newMemory(), map[book.ID]entry{}
		orders := map[book.ID]int64{}
		stampNS := int64(1)
		for n := range 30_000 {
			stampNS += 1 + random.Int64N(int64(time.Millisecond)*10)
			switch random.IntN(5_000) {
			case 0:
				stampNS += random.Int64N(3 * maxExpiryAhead)
			case 1:
				stampNS += ring * int64(time.Second)
			}
			id := testID('c', n-random.IntN(min(n+1, 5_000)))
			want, known := plain[id]
			found := m.command(&id, stampNS)
			if known = known && want.untilNS >= stampNS; known != (found != nil) || known && *found != want {
				t.Fatalf("seed %d, %d: %v is found as %+v, want %+v", seed, stampNS, id, found, want)
			}
			order := testID('d', n-random.IntN(min(n+1, 5_000)))
			if used := orders[order] >= stampNS; m.used(&order, stampNS) != used {
				t.Fatalf("seed %d, %d: %v used: %v", seed, stampNS, order, !used)
			}
			if known {
				continue
			}
			e := entry{command: id, first: uint64(n + 1), events: 1, untilNS: stampNS + 1 + random.Int64N(int64(time.Minute))}
			if random.IntN(100) == 0 {
				e.untilNS = stampNS + random.Int64N(maxExpiryAhead)
			}
			if orders[order] < stampNS && random.IntN(2) == 0 {
				e.order = order
				orders[order] = e.untilNS
			}
			m.reclaim(stampNS, reclaimedPerCommand)
			m.remember(e)
			plain[id] = e
		}
		m.reclaim(stampNS+2*maxExpiryAhead, 1<<30)
		if m.count != 0 || m.commands.count != 0 || m.orders.count != 0 {
			t.Fatalf("seed %d: %d entries, %d and %d words are left", seed, m.count, m.commands.count, m.orders.count)
		}
	}
}

// TestForgettingGivesBackItsRoom: what is remembered for seconds takes the room of seconds, however long it goes on.
func TestForgettingGivesBackItsRoom(t *testing.T) {
	m, n := newMemory(), 0
	fill := func() {
		for range 100_000 {
			n++
			stampNS := int64(n) * int64(time.Millisecond)
			m.reclaim(stampNS, reclaimedPerCommand)
			m.remember(entry{command: testID('c', n), order: testID('d', n), first: uint64(n), events: 1, untilNS: stampNS + int64(5*time.Second)})
		}
	}
	fill()
	blocks, words := len(m.blocks), len(m.commands.words)
	fill()
	if len(m.blocks) != blocks || len(m.commands.words) != words || m.count > 8_000 {
		t.Fatalf("%d entries in %d blocks, %d words; they were %d and %d", m.count, len(m.blocks), len(m.commands.words), blocks, words)
	}
}

func TestATickGivesBackTheRoomOfMany(t *testing.T) {
	m := newMemory()
	for n := range 100_000 {
		m.remember(entry{command: testID('c', n), first: uint64(n + 1), events: 1, untilNS: int64(time.Second)})
	}
	m.reclaim(int64(3*time.Second), reclaimedPerTick)
	if m.count != 0 {
		t.Fatalf("%d are left", m.count)
	}
}
