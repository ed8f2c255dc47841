package book

import "unsafe"

// Wide asks for huge pages under a slice that will be used at random, here or above this package: see wideRange.
func Wide[T any](memory []T) {
	if len(memory) > 0 {
		wideRange(unsafe.Pointer(&memory[0]), unsafe.Sizeof(memory[0])*uintptr(len(memory)))
	}
}
