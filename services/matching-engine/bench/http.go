package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"daytrading/matching-engine/bench/load"
	"daytrading/matching-engine/bench/service"
	"daytrading/matching-engine/bench/workload"
	"daytrading/matching-engine/internal/command"
)

// HTTPRow is what the service reaches over loopback; its client runs on the same cores.
type HTTPRow struct {
	Form              string  `json:"form"` // json or binary
	Connections       int     `json:"connections"`
	CallCommands      int     `json:"commands_per_call"`
	Commands          int     `json:"commands"`
	CommandsPerSecond float64 `json:"commands_per_s"` // by the clock on the wall
	Spread
	P50MS              float64 `json:"p50_ms"`
	P99MS              float64 `json:"p99_ms"`
	EngineMicroseconds float64 `json:"engine_cpu_us_per_command"`
	ClientMicroseconds float64 `json:"client_cpu_us_per_command"`
}

const (
	connections    = 64
	profileSeconds = 5
)

// measureHTTP starts the service itself and sends it the realistic workload: a symbol and a stream for each connection,
// since what travels on different connections has no order.
func measureHTTP(b *bench) error {
	if b.engine == "" {
		return errors.New("the matching-engine program is needed: -engine")
	}
	for _, form := range service.Forms {
		b.progress("over HTTP: %s", form.Name)
		row, spread, err := medianOf(func() (HTTPRow, error) { return overHTTP(b, form) },
			func(r HTTPRow) float64 { return r.CommandsPerSecond })
		if err != nil {
			return fmt.Errorf("%s: %w", form.Name, err)
		}
		row.Spread = spread
		b.report.HTTPRows = append(b.report.HTTPRows, row)
		if row.CommandsPerSecond > b.report.HTTP {
			b.report.HTTP, b.report.HTTPForm = row.CommandsPerSecond, form.Name
		}
		runtime.GC()
	}
	return nil
}

func overHTTP(b *bench, form service.Form) (HTTPRow, error) {
	folder, err := newScratch(b.scratch)
	if err != nil {
		return HTTPRow{}, err
	}
	defer os.RemoveAll(folder)
	lines := make([]line, connections)
	for i := range lines {
		lines[i] = newLine(b, form, i, b.size(10_000, 640))
	}
	process, err := service.Start(b.engine, folder)
	if err != nil {
		return HTTPRow{}, err
	}
	var profiled error
	var profile sync.WaitGroup
	if b.cpuProfile != "" {
		profile.Go(func() { profiled = process.Profile(b.cpuProfile+"."+form.Name, profileSeconds) })
	}
	row, err := drive(process, form, lines)
	profile.Wait()
	return row, errors.Join(err, profiled, process.Stop())
}

// line is one connection's calls, made before the clock starts.
type line struct {
	setup, calls [][]byte
	client       *service.Client
	took         []time.Duration
}

func newLine(b *bench, form service.Form, number, commands int) line {
	seed := b.seed + uint64(number)
	w := workload.Generate("realistic", workload.Sizes{Messages: commands, Resting: 300}, seed)
	sender := load.NewSender(fmt.Sprintf("BENCH%d", number), seed)
	encode := func(commands []command.Command, messages []workload.Message) (calls [][]byte) {
		// Far enough ahead for the run, near enough to be taken.
		expires := time.Now().Add(10 * time.Minute).UnixNano()
		for part := range slices.Chunk(messages, callCommands) {
			for i := range part {
				var c command.Command
				sender.Fill(&c, &part[i], expires)
				commands = append(commands, c)
			}
			calls = append(calls, form.Encode(commands))
			commands = commands[:0]
		}
		return calls
	}
	return line{setup: encode([]command.Command{sender.List()}, w.Setup), calls: encode(nil, w.Messages)}
}

func drive(process *service.Process, form service.Form, lines []line) (HTTPRow, error) {
	each := func(do func(*line) error) error {
		failures := make([]error, len(lines))
		var all sync.WaitGroup
		for i := range lines {
			all.Go(func() { failures[i] = do(&lines[i]) })
		}
		all.Wait()
		return errors.Join(failures...)
	}
	err := each(func(l *line) (err error) {
		if l.client, err = process.Dial(form); err != nil {
			return err
		}
		return l.send(l.setup, form)
	})
	if err != nil {
		return HTTPRow{}, err
	}
	runtime.GC()
	service0, client0, began := process.CPU(), processTime(), time.Now()
	if err := each(func(l *line) error { l.took = l.took[:0]; return l.send(l.calls, form) }); err != nil {
		return HTTPRow{}, err
	}
	wall, serviceCPU, clientCPU := time.Since(began), process.CPU()-service0, processTime()-client0
	var took []time.Duration
	for i := range lines {
		took = append(took, lines[i].took...)
		lines[i].client.Close()
	}
	slices.Sort(took)
	n := len(took) * callCommands
	milliseconds := func(d time.Duration) float64 { return d.Seconds() * 1e3 }
	return HTTPRow{Form: form.Name, Connections: len(lines), CallCommands: callCommands, Commands: n,
		CommandsPerSecond: float64(n) / wall.Seconds(), P50MS: milliseconds(took[len(took)/2]), P99MS: milliseconds(took[len(took)*99/100]),
		EngineMicroseconds: serviceCPU.Seconds() * 1e6 / float64(n), ClientMicroseconds: clientCPU.Seconds() * 1e6 / float64(n)}, nil
}

func (l *line) send(calls [][]byte, form service.Form) error {
	for _, call := range calls {
		began := time.Now()
		answer, err := l.client.Post(call)
		if err != nil {
			return err
		}
		l.took = append(l.took, time.Since(began))
		if bytes.Contains(answer, form.Refusal) {
			return fmt.Errorf("a command was refused: %.300q", answer)
		}
	}
	return nil
}
