package journal

import (
	"errors"
	"io/fs"
	"path/filepath"
)

const (
	reserveFile      = "reserve"
	reserveAtLeast   = 4 << 10 // less is no use
	reserveRounding  = 16 << 10
	groupsInReserve  = 2 // the last one, written anew, and a torn one, kept aside
	maxReservedGroup = 64 << 20
)

// reserveFor is what a start needs that finds the volume full: a small segment, and room for groups as large as the
// largest that may be at the log's end.
func reserveFor(segmentBytes, largestGroup int64) int64 {
	return min(segmentBytes, smallSegmentBytes) + groupsInReserve*min(largestGroup, maxReservedGroup) + reserveRounding
}

func (r *room) reservePath() string { return filepath.Join(r.dir, reserveFile) }

// keepReserve keeps allocated what a start on a full volume needs, or as much of that as there is. It needs no fsync:
// a power cut that forgets it gives its room back.
func (r *room) keepReserve() error {
	r.mutex.Lock()
	want, have := r.reserve, r.reserved
	r.mutex.Unlock()
	if have >= want {
		return nil
	}
	file, err := r.disk.OpenWrite(r.reservePath())
	if errors.Is(err, fs.ErrNotExist) {
		file, err = r.disk.Create(r.reservePath())
	}
	if err != nil {
		return err
	}
	defer file.Close()
	for bytes := want; bytes > have; bytes /= 2 {
		allocating := file.Allocate(bytes)
		if err = errors.Join(err, allocating); allocating == nil {
			have = bytes
		} else if !noRoom(allocating) || bytes/2 < reserveAtLeast {
			break
		}
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.reserved = have
	return err
}

// freeReserve gives the reserve back to the volume; false when there is none. For a start.
func (r *room) freeReserve() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.reserved = 0
	return r.disk.Remove(r.reservePath()) == nil
}
