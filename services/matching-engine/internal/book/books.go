package book

import "math"

// Books are the order books of all symbols. One goroutine uses them at a time.
type Books struct {
	limits   Limits
	open     int64 // open orders
	showings int64 // how often they can be shown, in all
	asleep   int64 // of them: stops that wait for their trigger

	orders     slab[order]
	extensions slab[extension]
	ladders
	ids      table
	accounts accounts
	symbols  []symbolBook
	names    map[string]Symbol
	expiries []expiry
	line     line

	out []Event // of the command under decision

	prefetchFrom int64 // open orders
	prefetched   uint64
}

// symbolBook is the book of one symbol.
type symbolBook struct {
	active     [2]tree // bids, asks
	stops      [2]tree // of buys, of sells
	trails     [2][]trail
	phase      Phase
	traded     bool
	lastPrice  int64 // of the last trade, when traded
	quietAbove int64 // a trade above this and
	quietBelow int64 // below this moves no mark and triggers nothing
	name       string
}

const (
	// NoAccount is the account of an event that concerns none that has, or had, orders.
	NoAccount = ^Account(0)

	allOnes = ^uint64(0)
)

// New gives books without symbols.
func New(limits Limits) *Books {
	return &Books{limits: limits, names: map[string]Symbol{}, prefetchFrom: worthPrefetching}
}

// SetLimits changes the limits. What is open beyond a lowered one stays (rule D5).
func (b *Books) SetLimits(limits Limits) { b.limits = limits }

// Limits gives the limits that hold.
func (b *Books) Limits() Limits { return b.limits }

// List opens the book of a symbol: Listed or SymbolRejected.
func (b *Books) List(name string, to []Event) []Event {
	if number, listed := b.names[name]; listed {
		return append(to, Event{Kind: SymbolRejected, Reason: AlreadyListed, Symbol: number, Account: NoAccount})
	}
	if n := int64(len(b.symbols)); n >= b.limits.Symbols || n >= MaxSymbols {
		return append(to, Event{Kind: SymbolRejected, Reason: TooManySymbols, Symbol: NoSymbol, Account: NoAccount})
	}
	number := b.list(name)
	return append(to, Event{Kind: Listed, Symbol: number, Account: NoAccount})
}

func (b *Books) list(name string) Symbol {
	number := Symbol(len(b.symbols))
	s := symbolBook{name: name, phase: Continuous}
	s.active[0].mirror, s.stops[1].mirror = allOnes, allOnes
	b.symbols = append(b.symbols, s)
	b.symbols[number].listen(b)
	b.names[name] = number
	return number
}

// Symbol finds a listed symbol.
func (b *Books) Symbol(name string) (Symbol, bool) {
	number, listed := b.names[name]
	if !listed {
		return NoSymbol, false
	}
	return number, true
}

// Halt stops trading in a symbol (rules H1 to H3): PhaseChanged or SymbolRejected.
func (b *Books) Halt(s Symbol, to []Event) []Event { return b.change(s, Halted, AlreadyHalted, to) }

// Resume lets a halted symbol trade again: PhaseChanged or SymbolRejected.
func (b *Books) Resume(s Symbol, to []Event) []Event { return b.change(s, Continuous, NotHalted, to) }

func (b *Books) change(s Symbol, phase Phase, already Reason, to []Event) []Event {
	if int(s) >= len(b.symbols) {
		return append(to, Event{Kind: SymbolRejected, Reason: UnknownSymbol, Symbol: NoSymbol, Account: NoAccount})
	}
	if b.symbols[s].phase == phase {
		return append(to, Event{Kind: SymbolRejected, Reason: already, Symbol: s, Account: NoAccount})
	}
	b.symbols[s].phase = phase
	return append(to, Event{Kind: PhaseChanged, Phase: phase, Symbol: s, Account: NoAccount})
}

// emit adds an empty event to those of the command under decision.
func (b *Books) emit() *Event {
	n := len(b.out)
	if n == cap(b.out) {
		b.out = append(b.out, Event{})
	} else {
		b.out = b.out[:n+1]
		b.out[n] = Event{}
	}
	return &b.out[n]
}

// tell adds an event about an order.
func (b *Books) tell(kind EventKind, reason Reason, o *order) *Event {
	e := b.emit()
	e.Kind, e.Reason, e.Symbol, e.Account, e.Order = kind, reason, o.flags.symbol(), o.account, o.id
	return e
}

// done gives the events of the command to its caller.
func (b *Books) done() []Event {
	out := b.out
	b.out = nil
	return out
}

// Has says whether an order is open.
func (b *Books) Has(id ID) bool { return b.find(&id) != 0 }

// Open counts the open orders.
func (b *Books) Open() int { return int(b.open) }

// Symbols counts the listed symbols.
func (b *Books) Symbols() int { return len(b.symbols) }

// SymbolName gives the name of a symbol, empty for NoSymbol.
func (b *Books) SymbolName(s Symbol) string {
	if int(s) >= len(b.symbols) {
		return ""
	}
	return b.symbols[s].name
}

// Phase gives the phase of a listed symbol.
func (b *Books) Phase(s Symbol) Phase { return b.symbols[s].phase }

// LastTrade gives the price of a listed symbol's last trade, false before the first.
func (b *Books) LastTrade(s Symbol) (int64, bool) {
	return b.symbols[s].lastPrice, b.symbols[s].traded
}

// NextExpiryNS gives the earliest moment at which a good-till-date order expires, the largest integer for none.
func (b *Books) NextExpiryNS() int64 {
	if len(b.expiries) == 0 {
		return math.MaxInt64
	}
	return b.expiries[0].atNS
}
