package sequencer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/event"
)

func replayed(t *testing.T, s *Sequencer, records []event.Record) *Sequencer {
	t.Helper()
	p := NewReplayer(s)
	for _, r := range records {
		if err := p.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestASnapshotAndTheTailAreTheWholeLog: replay(snapshot + tail) = replay(all), and equal states have equal snapshots.
func TestASnapshotAndTheTailAreTheWholeLog(t *testing.T) {
	for seed := range uint64(4) {
		s, g := New(book.Limits{}), newStream(seed+10)
		head := g.run(s, 2_500)
		snapshot := s.AppendSnapshot(nil)
		tail := g.run(s, 2_500)
		want := s.AppendSnapshot(nil)

		all := replayed(t, New(book.Limits{}), append(append([]event.Record{}, head...), tail...))
		if !bytes.Equal(all.AppendSnapshot(nil), want) {
			t.Fatalf("seed %d: a replay of all has another state", seed)
		}
		restored, err := Restore(snapshot)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !bytes.Equal(restored.AppendSnapshot(nil), snapshot) {
			t.Fatalf("seed %d: a snapshot of what was restored is another one", seed)
		}
		if !bytes.Equal(replayed(t, restored, tail).AppendSnapshot(nil), want) {
			t.Fatalf("seed %d: snapshot and tail have another state", seed)
		}
		if err := restored.Books().Check(); err != nil {
			t.Fatal(err)
		}
		// Repeats and used ids are known as before: the same goes on in the same way.
		other := newStream(seed + 10)
		*other = *g
		other.random, g.random = rand.New(rand.NewPCG(seed, 3)), rand.New(rand.NewPCG(seed, 3))
		for range 2_000 {
			c, stampNS := g.next(s)
			again, _ := other.next(restored)
			d, made := s.Apply(c, stampNS, nil)
			d2, made2 := restored.Apply(again, stampNS, nil)
			if d != d2 || !bytes.Equal(made, made2) {
				t.Fatalf("seed %d: %+v in the one, %+v in the other", seed, d, d2)
			}
		}
	}
}

func TestASnapshotHoldsNothingThatIsForgotten(t *testing.T) {
	s := listed(t)
	empty := len(s.AppendSnapshot(nil))
	for n := range 100 {
		s.Apply(cancelCommand(n, n), int64(2+n), nil)
	}
	if remembered := len(s.AppendSnapshot(nil)); remembered != empty+100*(snapshotEntry+16) {
		t.Fatalf("%d bytes for 100 commands", remembered-empty)
	}
	s.Apply(&command.Command{Kind: command.Tick}, 200+rememberedWithoutExpiry, nil)
	if after := len(s.AppendSnapshot(nil)); after != empty-(snapshotEntry+16) {
		t.Fatalf("%d bytes are left", after-empty)
	}
}

func TestSnapshotsThatAreNoneAreRefused(t *testing.T) {
	s, g := New(book.Limits{}), newStream(3)
	g.run(s, 100)
	good := s.AppendSnapshot(nil)
	if _, err := Restore(good); err != nil {
		t.Fatal(err)
	}
	for end := 0; end < len(good); end += 1 + end/50 {
		if _, err := Restore(good[:end]); err == nil {
			t.Fatalf("one of %d bytes is taken when cut to %d", len(good), end)
		}
	}
	if _, err := Restore(append(good[:len(good):len(good)], 0)); !errors.Is(err, ErrSnapshot) {
		t.Fatalf("with a byte behind it: %v", err)
	}
	other := bytes.Clone(good)
	binary.LittleEndian.PutUint32(other[len(snapshotMagic):], RulesVersion+1)
	if _, err := Restore(other); !errors.Is(err, ErrSnapshotRules) {
		t.Fatalf("of other rules: %v", err)
	}
	twice := bytes.Clone(good)
	count := len(snapshotMagic) + 4 + 16
	binary.LittleEndian.PutUint64(twice[count:], binary.LittleEndian.Uint64(twice[count:])+1)
	_, first := readEntry(good[snapshotHeader:])
	twice = append(twice[:snapshotHeader:snapshotHeader], append(bytes.Clone(good[snapshotHeader:snapshotHeader+first]), twice[snapshotHeader:]...)...)
	if _, err := Restore(twice); !errors.Is(err, ErrSnapshot) {
		t.Fatalf("with an entry twice: %v", err)
	}
}

// FuzzRestore: what is taken has one snapshot, and goes on.
func FuzzRestore(f *testing.F) {
	s, g := New(book.Limits{}), newStream(4)
	g.run(s, 60)
	f.Add(s.AppendSnapshot(nil))
	f.Add(New(wide).AppendSnapshot(nil))
	f.Fuzz(func(t *testing.T, snapshot []byte) {
		s, err := Restore(snapshot)
		if err != nil {
			return
		}
		if err := s.Books().Check(); err != nil {
			t.Fatal(err)
		}
		again, err := Restore(s.AppendSnapshot(nil))
		if err != nil || !bytes.Equal(again.AppendSnapshot(nil), s.AppendSnapshot(nil)) {
			t.Fatalf("its snapshot is not taken: %v", err)
		}
	})
}
