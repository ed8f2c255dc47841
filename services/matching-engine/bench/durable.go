package main

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"daytrading/matching-engine/bench/clock"
	"daytrading/matching-engine/bench/load"
	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// DurableRow is what the engine reaches with its journal, inside one process.
type DurableRow struct {
	Depth             int     `json:"commands_under_way"`
	Commands          int     `json:"commands"`
	CommandsPerSecond float64 `json:"commands_per_s"` // by the clock on the wall
	Spread
	P50MS           float64 `json:"p50_ms"` // from handing a call over to its answer
	P99MS           float64 `json:"p99_ms"`
	MaxMS           float64 `json:"max_ms"`
	GroupCommands   float64 `json:"group_commands"` // shared one fsync, on average
	CPUMicroseconds float64 `json:"cpu_us_per_command"`
}

const callCommands = 16

// depths are how many commands are under way at once. Fewer wait less, more share an fsync.
var depths = []int{256, 2048, 16384}

// limits are the service's own defaults, but for the orders of an account: five accounts send everything here.
var limits = book.Limits{OpenOrders: 4_000_000, OpenOrdersPerAccount: 4_000_000, LevelsPerSide: 100_000, Symbols: 10_000,
	TrailingStopsPerSymbol: 1000, TradesPerOrder: 100_000}

// measureDurable sends the realistic workload through the whole engine but for HTTP, some rounds for each depth.
func measureDurable(b *bench) error {
	w := workload.Generate("realistic", workload.Sizes{Messages: b.size(1_000_000, 20_000), Resting: workload.Full.Resting}, b.seed)
	for _, depth := range depths {
		b.progress("in process, with a journal: %d commands under way", depth)
		row, spread, err := medianOf(func() (DurableRow, error) { return durable(b, &w, depth) },
			func(r DurableRow) float64 { return r.CommandsPerSecond })
		if err != nil {
			return err
		}
		row.Spread = spread
		b.report.DurableRows = append(b.report.DurableRows, row)
		if row.CommandsPerSecond > b.report.Durable {
			b.report.Durable, b.report.DurableDepth = row.CommandsPerSecond, depth
		}
	}
	return nil
}

func durable(b *bench, w *workload.Workload, depth int) (DurableRow, error) {
	folder, err := newScratch(b.scratch)
	if err != nil {
		return DurableRow{}, err
	}
	defer os.RemoveAll(folder)
	run, err := startEngine(folder)
	if err != nil {
		return DurableRow{}, err
	}
	sender := load.NewSender("BENCH", b.seed)
	if err := run.list(sender); err != nil {
		return DurableRow{}, errors.Join(err, run.stop())
	}
	feed := newFeed(run, sender, depth, len(w.Setup)+len(w.Messages))
	if err := feed.send(w.Setup); err != nil {
		return DurableRow{}, errors.Join(err, run.stop())
	}
	groups, cpu, began := run.groups.Load(), processTime(), time.Now()
	feed.samples = feed.samples[:0]
	if err := feed.send(w.Messages); err != nil {
		return DurableRow{}, errors.Join(err, run.stop())
	}
	wall, cpu := time.Since(began), processTime()-cpu
	groups = run.groups.Load() - groups
	if err := run.stop(); err != nil {
		return DurableRow{}, err
	}
	n := float64(len(w.Messages))
	slices.Sort(feed.samples)
	milliseconds := clock.NanosecondsPerTick() / 1e6
	at := func(q float64) float64 {
		return float64(feed.samples[int(q*float64(len(feed.samples)-1))]) * milliseconds
	}
	return DurableRow{Depth: depth, Commands: len(w.Messages), CommandsPerSecond: n / wall.Seconds(), P50MS: at(0.5), P99MS: at(0.99), MaxMS: at(1),
		GroupCommands: n / float64(groups), CPUMicroseconds: cpu.Seconds() * 1e6 / n}, nil
}

// running is an engine over a real journal.
type running struct {
	engine  *engine.Engine
	journal *journal.Journal
	done    chan error
	groups  atomic.Int64
}

// Committed counts the groups.
func (r *running) Committed(*engine.Tally) { r.groups.Add(1) }

// recovered is a journal with the state that it leads to.
func recovered(folder string) (*journal.Journal, *sequencer.Sequencer, error) {
	state := sequencer.New(book.Limits{})
	replayer := sequencer.NewReplayer(state)
	restore := func(snapshot []byte) (err error) {
		state, err = sequencer.Restore(snapshot)
		replayer = sequencer.NewReplayer(state)
		return err
	}
	replay := func(r journal.Record) error { return replayer.Add(event.Record(r)) }
	j, err := journal.Open(journal.Options{Dir: folder, Rules: sequencer.RulesVersion, Log: slog.New(slog.DiscardHandler),
		NewLogID: func() string { return book.ID{6: 0x40, 8: 0x80}.String() }, Finish: func() error { return replayer.Finish() }}, restore, replay)
	return j, state, err
}

func startEngine(folder string) (*running, error) {
	j, state, err := recovered(folder)
	if err != nil {
		return nil, err
	}
	r := &running{journal: j, done: make(chan error, 1)}
	r.engine, err = engine.New(engine.Options{Clock: engine.NewSystemClock(), TickInterval: time.Second, Observer: r,
		Limits: limits, MaxQueued: 32_768, MaxRemembered: math.MaxInt64}, j, state)
	if err != nil {
		j.Close()
		return nil, err
	}
	go func() { r.done <- r.engine.Run() }()
	return r, nil
}

func (r *running) list(s *load.Sender) error {
	return r.engine.Submit(&engine.Call{Commands: []command.Command{s.List()}})
}

func (r *running) stop() error {
	r.engine.Stop()
	err := <-r.done
	r.journal.Close()
	return err
}

// feed keeps a number of commands under way, in calls of callCommands, and takes the time of every call.
type feed struct {
	run     *running
	sender  *load.Sender
	free    chan *timedCall
	samples []uint64 // ticks from handing over to the answer; written by the engine's committer alone
	refused atomic.Int64
}

type timedCall struct {
	engine.Call
	began uint64
}

func newFeed(run *running, sender *load.Sender, depth, commands int) *feed {
	f := &feed{run: run, sender: sender, free: make(chan *timedCall, depth/callCommands),
		samples: make([]uint64, 0, commands/callCommands+2)}
	for range cap(f.free) {
		call := &timedCall{}
		call.Commands = make([]command.Command, callCommands)
		call.Answered = func(c *engine.Call) {
			f.samples = append(f.samples, clock.Ticks()-call.began)
			for i := range c.Decisions {
				if c.Decisions[i].Refused != "" {
					f.refused.Add(1)
				}
			}
			if c.Err != nil {
				f.refused.Add(int64(len(c.Commands)))
			}
			f.free <- call
		}
		f.free <- call
	}
	return f
}

// send returns once all messages are decided, durable and answered.
func (f *feed) send(messages []workload.Message) error {
	for len(messages) > 0 {
		var call *timedCall
		select {
		case call = <-f.free:
		case <-f.run.engine.Failed():
			return fmt.Errorf("the engine failed: %w", <-f.run.done)
		}
		part := messages[:min(callCommands, len(messages))]
		messages = messages[len(part):]
		expires := time.Now().Add(5 * time.Second).UnixNano()
		call.Commands = call.Commands[:len(part)]
		for i := range part {
			f.sender.Fill(&call.Commands[i], &part[i], expires)
		}
		call.began = clock.Ticks()
		if err := f.run.engine.Start(&call.Call); err != nil {
			return err
		}
	}
	// All calls back: everything was answered.
	calls := make([]*timedCall, 0, cap(f.free))
	for range cap(f.free) {
		select {
		case call := <-f.free:
			calls = append(calls, call)
		case <-f.run.engine.Failed():
			return fmt.Errorf("the engine failed: %w", <-f.run.done)
		}
	}
	for _, call := range calls {
		f.free <- call
	}
	if refused := f.refused.Load(); refused > 0 {
		return fmt.Errorf("%d commands were refused", refused)
	}
	return nil
}

func processTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
