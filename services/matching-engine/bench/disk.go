package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// DiskRow is what the disk itself takes for what the journal asks of it: the floor of every answer.
type DiskRow struct {
	Bytes int     `json:"bytes"`
	P50US float64 `json:"p50_us"`
	P99US float64 `json:"p99_us"`
	MaxUS float64 `json:"max_us"`
}

// measureDisk writes into a file whose blocks exist, as the journal's segments', and makes each write durable.
func measureDisk(b *bench) error {
	folder, err := newScratch(b.scratch)
	if err != nil {
		return err
	}
	const size = 64 << 20
	file, err := os.Create(filepath.Join(folder, "file"))
	if err != nil {
		return err
	}
	defer file.Close()
	chunk := make([]byte, 1<<20)
	for range size / len(chunk) { // written, not only allocated: the first write into new blocks costs more
		if _, err := file.Write(chunk); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	for _, bytes := range []int{4 << 10, 64 << 10, 512 << 10} {
		b.progress("the disk alone: %d bytes", bytes)
		took := make([]float64, 0, 400)
		for i := range b.size(400, 20) {
			began := time.Now()
			if _, err := file.WriteAt(chunk[:bytes], int64(i*bytes%size)); err != nil {
				return err
			}
			if err := fdatasync(file); err != nil {
				return err
			}
			took = append(took, float64(time.Since(began).Nanoseconds())/1e3)
		}
		slices.Sort(took)
		b.report.Disk = append(b.report.Disk, DiskRow{Bytes: bytes, P50US: took[len(took)/2],
			P99US: took[len(took)*99/100], MaxUS: took[len(took)-1]})
	}
	return os.RemoveAll(folder)
}

// Folders made here, to be removed however the run ends.
var (
	scratchMutex sync.Mutex
	scratch      []string
)

func newScratch(in string) (string, error) {
	folder, err := os.MkdirTemp(in, "bench-engine-")
	if err != nil {
		return "", fmt.Errorf("a folder for what is measured: %w", err)
	}
	scratchMutex.Lock()
	defer scratchMutex.Unlock()
	scratch = append(scratch, folder)
	return folder, nil
}

func removeScratch() {
	scratchMutex.Lock()
	defer scratchMutex.Unlock()
	for _, folder := range scratch {
		os.RemoveAll(folder)
	}
	scratch = nil
}
