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
// each trade uses up its taker or one showing of its maker (rule D4 counts both), each cancellation, expiry and trigger
// is of an order that leaves. The events of one such end take fewer than 256 bytes, so that the longest record stays
// below the 1 GiB that a journal takes.
const MostOpenOrders = 4_000_000
