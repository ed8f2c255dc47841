package book

import "unsafe"

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
)

// slab holds elements of one type in chunks that never move, numbered from 1 (0 stands for none). Elements that were
// given back are given out again, the latest first: its cache line is the likeliest to be near.
type slab[T any] struct {
	chunks []*[chunkSize]T
	used   uint32 // the highest number ever given out
	free   []uint32
}

func (s *slab[T]) at(number uint32) *T {
	return &s.chunks[number>>chunkBits][number%chunkSize]
}

// take gives out a number. The element holds whatever its last user left in it.
func (s *slab[T]) take() uint32 {
	if last := len(s.free) - 1; last >= 0 {
		number := s.free[last]
		s.free = s.free[:last]
		return number
	}
	s.used++
	if int(s.used>>chunkBits) >= len(s.chunks) {
		s.grow()
	}
	return s.used
}

// grow adds chunks, a sixteenth of what is there at a time, in one piece: small books stay small, and large ones lie
// in few places.
func (s *slab[T]) grow() {
	chunks := make([][chunkSize]T, len(s.chunks)/16+1)
	wideRange(unsafe.Pointer(&chunks[0]), unsafe.Sizeof(chunks[0])*uintptr(len(chunks)))
	for i := range chunks {
		s.chunks = append(s.chunks, &chunks[i])
	}
}

func (s *slab[T]) giveBack(number uint32) { s.free = append(s.free, number) }

// inUse counts the elements that are given out.
func (s *slab[T]) inUse() int { return int(s.used) - len(s.free) }
