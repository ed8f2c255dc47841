//go:build !linux

package book

import "unsafe"

// wideRange is for systems whose pages are as wide as they are.
func wideRange(unsafe.Pointer, uintptr) {}
