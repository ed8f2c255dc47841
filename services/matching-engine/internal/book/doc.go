// Package book matches orders by price, then time, under the rules of docs/matching-rules.md. It is pure: no I/O, no
// clock, no floating point, no goroutine; the same calls give the same events. (Its one call of the system, in
// memory_linux.go, advises how large its pages of memory should be; no decision depends on that.) What it refuses to do:
// read commands, remember closed orders, number events, keep a log. The sequencer does that.
//
// # Layout
//
//	id ── table ──> slot ──> order ──> level <── tree of prices, one a side
//	                          │  prev, next: the queue of the level
//	                          └> extension (icebergs, stops, good till date, pairs)
//
// All symbols share one set of slabs: orders, levels, tree nodes and extensions are elements of chunks, named by 32-bit
// numbers instead of pointers. So the garbage collector has nothing to follow however many orders are open, and an order
// and a level are one cache line each. An order has no price (its level does) and no links of its account (the account
// has a list of slots, in which the entries of orders that left are skipped, and dropped when they are the majority).
//
// A tree is a path-compressed radix tree over the 64 bits of the price, six bits a step, mirrored for bids, so that the
// best price is the smallest key on both sides. The best level is known; when it goes, the next one is the lowest set
// bit of a word. Prices close together share a node, and the last node is tried first.
//
// Stops hang in two more trees, by stop price. Trailing stops stand in an array a side, bounded by a limit. A symbol
// knows between which prices a trade triggers nothing and moves no mark: most trades cost two comparisons.
//
// # Costs
//
// With n open orders and m prices of a side:
//
//	place, cancel, replace  O(1) and the level's tree, if it is new or gone: at most 11 nodes, whatever n, m and the price
//	each trade              O(1); the next price O(1) to 11 nodes
//	fill or kill, minimum   a step a level; with self-trade prevention, or where icebergs are, a step an order of the
//	                        levels that it looks at. No more than the limit of trades (rule P8) in either case
//	good till date          O(log n) more for such an order
//	trailing stops          a walk over the symbol's, when a trade moves a mark or a stop of the symbol comes or goes
//	cancel all, sessions    the orders looked at; an account's by its own list
//	bytes an order          64, 8 in the table at a load of 0.3 to 0.6, 4 to 10 in the account's list
//
// In the steady state nothing is allocated. Growing does: a slab by a sixteenth, the table by doubling, which moves its
// words over with the next orders, sixteen places with each. Nothing stops for all orders. An account's list does when
// it drops entries, for as many as the account may have open: less than a millisecond for a hundred thousand.
//
// A deep book is as fast as its cache misses: Prefetch loads for the next commands together what each would wait for.
//
// # Where to read
//
//	types.go, books.go           what goes in and out; symbols
//	place.go, match.go           a new order: D4, P, O, T
//	cancel.go, replace.go        C
//	selftrade.go, trigger.go     S; G and the line of triggered orders
//	expiry.go                    E and the heap of good-till-date orders
//	order.go, level.go, tree.go  the memory: with slab.go, table.go, accounts.go, memory_*.go
//	snapshot.go, restore.go      the same state, the same bytes
//	prefetch.go, read.go         look-ahead; what readers see
//	check.go                     what must always hold
package book
