// Package differential is the engine's side of the comparison with the plain engine in tests/oracle: it reads the same
// streams of commands out of bytes (specified in tests/oracle/README.md), so that this package's fuzz target, the plain
// engine's properties and their common corpus try the same things.
package differential
