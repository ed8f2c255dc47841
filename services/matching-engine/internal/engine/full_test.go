package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// volume is a disk that can be made full, or hang, as far as room for segments goes, and whose fsyncs can hang.
type volume struct {
	journal.Disk
	full     atomic.Bool
	hang     atomic.Pointer[chan struct{}]
	hangSync atomic.Pointer[chan struct{}]
	lazy     bool // leaves fsyncs out: for many small groups on a slow disk
}

// holdFsyncs lets every fsync hang until the function returned is called.
func (v *volume) holdFsyncs() (release func()) {
	hang := make(chan struct{})
	v.hangSync.Store(&hang)
	return sync.OnceFunc(func() {
		v.hangSync.Store(nil)
		close(hang)
	})
}

type volumeFile struct {
	journal.File
	volume *volume
}

func (v *volume) Create(path string) (journal.File, error) {
	file, err := v.Disk.Create(path)
	return volumeFile{file, v}, err
}

func (v *volume) Lock(path string) (io.Closer, error) { return v.Disk.Lock(path) }

func (f volumeFile) Sync() error {
	if hang := f.volume.hangSync.Load(); hang != nil {
		<-*hang
	}
	if f.volume.lazy {
		return nil
	}
	return f.File.Sync()
}

func (f volumeFile) Allocate(bytes int64) error {
	if hang := f.volume.hang.Load(); hang != nil {
		<-*hang
	}
	if f.volume.full.Load() {
		return syscall.ENOSPC
	}
	return f.File.Allocate(bytes)
}

// traffic makes commands of all kinds that touch a book of one symbol, with ids of its own.
type traffic struct {
	random *rand.Rand
	now    func() int64
	ids    uint64
	orders []book.ID
	terms  []byte
}

var account = book.ID{4}

func (f *traffic) id() (id book.ID) {
	f.ids++
	binary.BigEndian.PutUint64(id[8:], f.ids)
	id[0] = 1
	return id
}

func (f *traffic) order() book.Order {
	r := f.random
	o := book.Order{
		ID: f.id(), Account: account, Side: book.Side(1 + r.IntN(2)), Type: book.Limit, TimeInForce: book.Day,
		LimitPriceTicks: 95 + int64(r.IntN(11)), QuantityLots: 1 + int64(r.IntN(40)),
	}
	switch r.IntN(8) {
	case 0:
		o.DisplayLots = 1
	case 1:
		o.TimeInForce, o.ExpireAtNS = book.GoodTillDate, f.now()+int64(r.IntN(int(5*time.Millisecond)))+1
	case 2:
		o.Type, o.StopPriceTicks = book.Stop, 95+int64(r.IntN(11))
	case 3:
		o.SelfTrade = book.Decrement
	}
	f.orders = append(f.orders, o.ID)
	return o
}

func (f *traffic) command() command.Command {
	r := f.random
	c := command.Command{ID: f.id(), Symbol: []byte("X"), ClientOrderID: []byte("c"), Terms: f.terms, ExpiresAtNS: f.now() + int64(10*time.Second)}
	switch kind := r.IntN(40); {
	case kind < 26:
		c.Kind, c.Order = command.Place, f.order()
	case kind < 30:
		c.Kind, c.Order = command.PlacePair, f.order()
		o := &c.Order
		o.Type, o.StopPriceTicks, o.DisplayLots, o.TimeInForce, o.ExpireAtNS = book.Limit, 0, 0, book.Day, 0
		c.Stop = *o
		c.Stop.ID, c.Stop.Type, c.Stop.StopPriceTicks = f.id(), book.Stop, 95+int64(r.IntN(11))
		c.StopClientOrderID, c.StopTerms = []byte("s"), f.terms
	case kind < 39 && len(f.orders) > 0:
		c = command.Command{ID: c.ID, Kind: command.Replace, ExpiresAtNS: c.ExpiresAtNS, NewOrderID: f.id()}
		at := r.IntN(len(f.orders))
		c.Order.Account = account
		c.Order.ID, f.orders[at] = f.orders[at], c.NewOrderID
		c.Order.QuantityLots, c.Order.LimitPriceTicks = 1+int64(r.IntN(1000)), 95+int64(r.IntN(11))
	default:
		return f.cancelNothing()
	}
	return c
}

// cancelNothing is a command that takes little room and touches no order.
func (f *traffic) cancelNothing() command.Command {
	return command.Command{ID: f.id(), Kind: command.Cancel, Order: book.Order{ID: f.id(), Account: account}}
}

// TestAFullVolumeNeverEndsTheEngine, whatever the commands are when it is full: they are refused, or there was room.
func TestAFullVolumeNeverEndsTheEngine(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			disk := &volume{Disk: journal.OSDisk(), lazy: true}
			dir := t.TempDir()
			e := startOn(t, dir, NewSystemClock(), journal.Options{Disk: disk, SegmentBytes: 64 << 10}, func(o *Options) {
				o.TickInterval, o.Limits.OpenOrders, o.Limits.OpenOrdersPerAccount = time.Millisecond, 4000, 4000
			})
			e.must(listX())
			f := &traffic{random: rand.New(rand.NewPCG(seed, 1)), now: func() int64 { return e.Log().State().JournalTimeNS }, terms: []byte(`{}`)}
			if seed == 1 {
				f.terms = append(append([]byte(`{"t":"`), bytes.Repeat([]byte{'x'}, 3000)...), `"}`...)
			}
			refused := func(commands ...command.Command) bool {
				_, err := e.submit(commands...)
				if err != nil && !journal.Refusing(err) {
					t.Fatal(err, e.stop())
				}
				return err != nil
			}
			for range 10 {
				commands := make([]command.Command, 40)
				for i := range commands {
					commands[i] = f.command()
				}
				refused(commands...)
			}
			disk.full.Store(true)
			for refusals := 0; refusals < 20; {
				commands := make([]command.Command, 1+f.random.IntN(20))
				for i := range commands {
					commands[i] = f.command()
				}
				if refused(commands...) {
					refusals++
				}
			}
			for size := 64; size > 0; { // until there is hardly room for anything
				commands := make([]command.Command, size)
				for i := range commands {
					commands[i] = f.cancelNothing()
				}
				if refused(commands...) {
					size /= 2
				} else if e.journal.Stats().RoomBytes < 2500 {
					break
				}
			}
			if open := look(e, func(s *sequencer.Sequencer) int { return s.Books().Open() }); open < 80 {
				t.Fatalf("%d orders are open: their cancellations would find room", open)
			}
			all := command.Command{ID: f.id(), Kind: command.CancelAll, Order: book.Order{Account: account}}
			if !refused(all) {
				t.Fatal("there was no room for so many cancellations, and they were taken")
			}
			for range 50 {
				refused(f.command())
			}
			if !journal.Refusing(e.Room()) {
				t.Fatal("commands are refused, and the engine says that it takes them")
			}
			disk.full.Store(false)
			eventually(t, "commands should be taken again", func() bool { return !refused(all) })
			if err := e.stop(); err != nil {
				t.Fatal("the engine ended:", err)
			}
			again := start(t, dir, NewSystemClock())
			if err := look(again, func(s *sequencer.Sequencer) error { return s.Books().Check() }); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestWhoAsksForTheRoomDoesNotWaitForIt: probes and scrapes come every few seconds, and a volume may hang.
func TestWhoAsksForTheRoomDoesNotWaitForIt(t *testing.T) {
	disk := &volume{Disk: journal.OSDisk()}
	e := startOn(t, t.TempDir(), NewSystemClock(), journal.Options{Disk: disk, SegmentBytes: 4096})
	e.must(listX())
	hang := make(chan struct{})
	disk.hang.Store(&hang)
	answered := make(chan error, 1)
	go func() { // until it waits for a segment
		for n := 0; ; n++ {
			commands := cancels(10)
			for i := range commands {
				binary.LittleEndian.PutUint32(commands[i].ID[8:], uint32(n+1))
			}
			if _, err := e.submit(commands...); err != nil || n == 100 {
				answered <- err
				return
			}
		}
	}()
	eventually(t, "the decider should wait for a segment", func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		return errors.Is(e.Probe(ctx), context.DeadlineExceeded)
	})
	told := make(chan error, 1)
	go func() { told <- e.Room() }()
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Error("who asks for the room waits with the decider")
	}
	disk.hang.Store(nil)
	close(hang)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
}

// TestAStartWithoutRoomServesReadersAndBeginsWhenThereIsRoom.
func TestAStartWithoutRoomServesReadersAndBeginsWhenThereIsRoom(t *testing.T) {
	dir := t.TempDir()
	e := start(t, dir, NewSystemClock())
	c := e.must(listX(), placeX(1, e.Log().State().JournalTimeNS+int64(20*time.Second)))
	if c.Decisions[1].Refused != "" {
		t.Fatal(c.Decisions)
	}
	last := c.State.LastSequence
	_ = e.stop()
	arm(t, "no_room=error")
	e = start(t, dir, NewSystemClock(), func(o *Options) { o.Limits.Symbols++ })
	if open := look(e, func(s *sequencer.Sequencer) int { return s.Books().Open() }); open != 1 || e.Log().State().LastSequence != last {
		t.Fatalf("%d orders are open, the log ends at %d", open, e.Log().State().LastSequence)
	}
	if _, err := e.submit(cancels(1)...); !errors.Is(err, journal.ErrFull) || !errors.Is(e.Room(), journal.ErrFull) {
		t.Fatal(err, e.Room())
	}
	if err := failpoint.Arm(""); err != nil {
		t.Fatal(err)
	}
	if c := e.must(cancels(1)...); c.Decisions[0].First != last+3 { // the limits and a tick before it
		t.Fatalf("%+v", c.Decisions)
	}
	if look(e, (*sequencer.Sequencer).Limits).Symbols != testLimits.Symbols+1 || e.Room() != nil {
		t.Fatal("the start's limits should hold now")
	}
}
