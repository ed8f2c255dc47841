package book

import (
	"syscall"
	"unsafe"
)

const (
	hugePage   = 2 << 20 // bytes
	adviseHuge = 14      // MADV_HUGEPAGE
)

// wideRange asks for huge pages under memory that will be used at random: a look-up then misses the caches at most, and
// not the translation of addresses, too. The advice reaches beyond the memory's ends, to whole huge pages, where it
// does no harm; without it, or when it is refused, everything works, more slowly.
func wideRange(start unsafe.Pointer, bytes uintptr) {
	if bytes < hugePage/2 {
		return
	}
	first := uintptr(start) &^ (hugePage - 1)
	end := (uintptr(start) + bytes + hugePage - 1) &^ (hugePage - 1)
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, first, end-first, adviseHuge)
}
