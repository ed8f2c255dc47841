package sequencer

// RulesVersion numbers the rules by which commands become events (docs/matching-rules.md). It stands in every segment and
// snapshot of the journal, and a journal is replayed only by the rules that wrote it.
//
// Raise it with every change after which some journal would replay to other events, or to the same ones in other
// bytes: matching, refusals, what is remembered and for how long, expiry, an event's members or their order. What
// cannot be seen in a replay (speed, memory, endpoints, metrics) leaves it alone. TestTheRulesAreThoseOfTheirVersion
// fails when it was forgotten.
const RulesVersion = 2

// MostOpenOrders is the highest limit of open orders that an engine may have. One command can let all that is open leave:
// a cancel of all, the end of a session. The events of an order that leaves, be it by a trigger and a trade that reduces
// two partners, take fewer than 256 bytes, so that such a record stays below the 1 GiB that a journal takes. Trades that
// use up no order are those with the shown part of an iceberg: a taker makes trades_per_order at most (rule P8), and a
// command has one taker and the stops that it triggers.
const MostOpenOrders = 4_000_000
