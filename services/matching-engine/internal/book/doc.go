// Package book matches the orders of one symbol by price, then time. It is pure: no I/O, no clock, no
// randomness and no map iteration, so the same calls in the same order give the same fills for ever.
//
// # Layout
//
//	Book
//	├── bids half ── levels []*level   sorted worst to best: the best price is the last element
//	└── asks half ── levels []*level   the same, mirrored
//	                       │
//	                       └── level: one price ── first ⇄ order ⇄ order ⇄ last   (arrival order)
//
// A half orders its levels by a rank that grows with how good the price is for the other side: the price
// itself for bids, its negative for asks. One piece of code then serves both sides. Most activity happens
// near the best price, which is the end of the slice, so inserting or removing a level there moves little.
// A level is a doubly linked list threaded through its orders: joining the queue, filling its head and
// cancelling from its middle cost the same however long it is.
//
// Prices are ticks, quantities are lots: integers, from 1 to 10^15 each. The package trusts its caller to
// have checked that, and to never place one order id twice.
package book
