// Command bench measures the matching engine in one go: its book beside a textbook one over the same messages, the engine
// with its journal, the service over loopback HTTP, and recovery. docs/performance/engine.md tells how and why; `make
// bench-engine` runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	only       []string // sections; empty: all
	workloads  []string
	makers     []string
	rounds     int
	quick      bool
	seed       uint64
	out        string // folder of engine.json
	scratch    string // folder for journals, on the disk that is to be measured
	engine     string // the service's program
	document   string // Markdown file whose figures are replaced
	cpuProfile string
}

// section is a part of the run.
type section struct {
	name string
	run  func(*bench) error
}

var sections = []section{
	{"disk", measureDisk},
	{"core", measureCore},
	{"durable", measureDurable},
	{"http", measureHTTP},
	{"recovery", measureRecovery},
}

// bench is a run: what was asked for, and what was found so far.
type bench struct {
	options
	report  Report
	started time.Time
}

func main() {
	b := &bench{options: flags(), started: time.Now()}
	// A journal of gigabytes must not stay behind because somebody lost patience.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		removeScratch()
		os.Exit(130)
	}()
	err := b.run()
	removeScratch()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func flags() options {
	var o options
	only := flag.String("only", "", "sections, comma separated: disk,core,durable,http,recovery (default: all)")
	workloads := flag.String("workloads", "", "of the core: realistic,deep,sweeps,hot,drift (default: all)")
	makers := flag.String("books", "", "of the core: engine,engine-ahead,textbook (default: all)")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each book goes over each workload")
	flag.BoolVar(&o.quick, "quick", false, "small sizes: does it work? The figures mean nothing")
	flag.Uint64Var(&o.seed, "seed", 1, "of the messages")
	flag.StringVar(&o.out, "out", "", "folder for engine.json, or engine-part.json after a run of some sections or a quick one")
	flag.StringVar(&o.scratch, "scratch", os.TempDir(), "folder on the disk to measure; needs some 8 GB for a while")
	flag.StringVar(&o.engine, "engine", "", "the matching-engine program, for the section http")
	flag.StringVar(&o.document, "document", "", "Markdown file in which a whole run replaces the figures between the marks")
	flag.StringVar(&o.cpuProfile, "cpuprofile", "", "file for a CPU profile of the sections that run; the service's own, over HTTP, goes beside it")
	flag.Parse()
	o.only, o.workloads, o.makers = list(*only), list(*workloads), list(*makers)
	return o
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

// chosen says whether a name is in a list; an empty list holds all.
func chosen(names []string, name string) bool { return len(names) == 0 || slices.Contains(names, name) }

// run runs the sections. One that fails does not keep the others from running; their figures are written all the same.
func (b *bench) run() error {
	if b.cpuProfile != "" {
		file, err := os.Create(b.cpuProfile)
		if err != nil {
			return err
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	b.report.Machine = machine()
	b.report.Commit = commit()
	b.report.Quick = b.quick
	b.report.MeasuredAt = time.Now().UTC().Format(time.RFC3339)
	var failures []error
	for _, s := range sections {
		if !chosen(b.only, s.name) {
			continue
		}
		if err := s.run(b); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
			b.progress("%s failed: %v", s.name, err)
		}
		runtime.GC()
	}
	b.report.Seconds = time.Since(b.started).Seconds()
	fmt.Print("\n" + b.report.Markdown() + "\n" + b.report.Next())
	if b.out != "" {
		name := "engine.json"
		if b.quick || b.partial() {
			name = "engine-part.json" // only a whole run replaces the figures of a whole one
		}
		b.report.readOthers(b.out)
		failures = append(failures, b.report.write(filepath.Join(b.out, name)))
	}
	if b.document != "" && !b.partial() {
		failures = append(failures, replaceFigures(b.document, b.report.Markdown()))
	}
	return errors.Join(failures...)
}

// partial says whether less than everything was asked for.
func (b *bench) partial() bool { return len(b.only)+len(b.workloads)+len(b.makers) > 0 }

// progress tells on standard error what is being done.
func (b *bench) progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "%5.0f s  %s\n", time.Since(b.started).Seconds(), fmt.Sprintf(format, values...))
}

// size is a number of things: as published, or for a quick run.
func (b *bench) size(full, quick int) int {
	if b.quick {
		return quick
	}
	return full
}
