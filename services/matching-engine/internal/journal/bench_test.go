package journal

import (
	"testing"
)

// A record of a common size: a place with its acceptance.
const (
	benchCommandBytes = 120
	benchEventBytes   = 80
)

func BenchmarkGroupAdd(b *testing.B) {
	command, events := make([]byte, benchCommandBytes), make([]byte, benchEventBytes)
	var g Group
	b.ReportAllocs()
	for n := range b.N {
		if g.Len() == 1024 {
			g.Reset()
		}
		g.Add(int64(n), uint64(n), 1, command, events)
	}
}

func benchJournal(b *testing.B, records int) (Options, int64) {
	b.Helper()
	o := options(b.TempDir(), DefaultSegmentBytes)
	j, _, err := tryOpen(o)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	command, events := make([]byte, benchCommandBytes), make([]byte, benchEventBytes)
	var g Group
	total := int64(0)
	for n := 1; n <= records; n++ {
		g.Add(int64(n), uint64(n), 1, command, events)
		if g.Len() == 4096 || n == records {
			if err := j.Append(&g); err != nil {
				b.Fatal(err)
			}
			total += int64(g.Bytes())
			g.Reset()
		}
	}
	return o, total
}

// BenchmarkRecovery reads a journal as a start does.
func BenchmarkRecovery(b *testing.B) {
	const records = 500_000
	o, total := benchJournal(b, records)
	b.SetBytes(total)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if _, err := Walk(WalkOptions{Dir: o.Dir, Rules: 2}, nil, func(Record) error { n++; return nil }); err != nil || n != records {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkAPageFromTheMiddle reads 500 records from somewhere in the log.
func BenchmarkAPageFromTheMiddle(b *testing.B) {
	o, _ := benchJournal(b, 400_000)
	j, _, err := tryOpen(o)
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := 0
		for _, err := range j.Records(uint64(i*7919) % 390_000) {
			if err != nil {
				b.Fatal(err)
			}
			if n++; n == 500 {
				break
			}
		}
	}
}

// BenchmarkAppend makes groups of 128 records durable: what the disk costs.
func BenchmarkAppend(b *testing.B) {
	j, _, err := tryOpen(options(b.TempDir(), DefaultSegmentBytes))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	command, events := make([]byte, benchCommandBytes), make([]byte, benchEventBytes)
	var g Group
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		g.Reset()
		for range 128 {
			n++
			g.Add(int64(n), uint64(n), 1, command, events)
		}
		if err := j.Append(&g); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(128, "records/op")
}
