// Package book matches orders by price, then time, under the rules of docs/matching-rules.md. It is pure: no I/O, no
// clock, no floating point, no goroutine; the same calls give the same events.
package book
