package book

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrSnapshot says that bytes are no snapshot of books; what it wraps says why.
var ErrSnapshot = errors.New("not a snapshot of order books")

// Restore makes books from what AppendSnapshot wrote, and gives the bytes behind it. Bytes that are cut off or that
// contradict themselves are an ErrSnapshot, never a panic. Whether they are the ones that were written is for the
// checksum of whoever kept them.
func Restore(snapshot []byte) (*Books, []byte, error) {
	r := restoring{data: snapshot, books: New(Limits{})}
	if err := r.run(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	return r.books, r.data, nil
}

type restoring struct {
	data     []byte
	books    *Books
	accounts []Account
	accepted []accepted
}

// accepted is an order on its way into its account's list.
type accepted struct {
	stampNS int64
	slot    uint32
	isStop  bool
}

var (
	errShort     = errors.New("it ends too early")
	errCrossed   = errors.New("a book is crossed")
	errDuplicate = errors.New("a name or id comes twice")
)

func (r *restoring) bytes(n int) ([]byte, error) {
	if len(r.data) < n {
		return nil, errShort
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken, nil
}

// ints reads 64-bit integers.
func (r *restoring) ints(to ...*int64) error {
	data, err := r.bytes(8 * len(to))
	if err != nil {
		return err
	}
	for i, value := range to {
		*value = int64(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return nil
}

func (r *restoring) uint32() (uint32, error) {
	data, err := r.bytes(4)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(data), nil
}

func (r *restoring) id(to *ID) error {
	data, err := r.bytes(len(to))
	if err == nil {
		*to = ID(data)
	}
	return err
}

func (r *restoring) run() error {
	version, err := r.uint32()
	if err != nil {
		return err
	}
	if version != snapshotVersion {
		return fmt.Errorf("its version is %d, this program reads %d", version, snapshotVersion)
	}
	limits := r.books.limits.list()
	if err := r.ints(limits[:]...); err != nil {
		return err
	}
	if err := r.readSymbols(); err != nil {
		return err
	}
	if err := r.readAccounts(); err != nil {
		return err
	}
	for i := range r.books.symbols {
		if err := r.readBook(Symbol(i)); err != nil {
			return fmt.Errorf("%s: %w", r.books.symbols[i].name, err)
		}
	}
	r.noteAll()
	return nil
}

func (r *restoring) readSymbols() error {
	count, err := r.uint32()
	if err != nil {
		return err
	}
	if count > MaxSymbols {
		return fmt.Errorf("%d symbols", count)
	}
	for range count {
		length, err := r.bytes(1)
		if err != nil {
			return err
		}
		name, err := r.bytes(int(length[0]))
		if err != nil {
			return err
		}
		if _, listed := r.books.names[string(name)]; listed {
			return errDuplicate
		}
		state, err := r.bytes(2)
		if err != nil {
			return err
		}
		s := &r.books.symbols[r.books.list(string(name))]
		s.phase, s.traded = Phase(state[0]), state[1] == 1
		if s.phase != Continuous && s.phase != Halted || state[1] > 1 {
			return fmt.Errorf("%s has no such phase", name)
		}
		if err := r.ints(&s.lastPrice); err != nil {
			return err
		}
	}
	return nil
}

func (r *restoring) readAccounts() error {
	count, err := r.uint32()
	if err != nil {
		return err
	}
	for range count {
		var id ID
		if err := r.id(&id); err != nil {
			return err
		}
		if _, known := r.books.accounts.find(&id); known {
			return errDuplicate
		}
		r.accounts = append(r.accounts, r.books.accounts.intern(&id))
	}
	return nil
}

// readBook reads the orders of one symbol.
func (r *restoring) readBook(symbol Symbol) error {
	s := &r.books.symbols[symbol]
	for _, kind := range [...]queueKind{activeQueue, stopQueue, trailQueue} {
		for _, side := range [...]Side{Buy, Sell} {
			count, err := r.uint32()
			if err != nil {
				return err
			}
			for range count {
				if err := r.readOrder(s, queue{kind, side, symbol}); err != nil {
					return err
				}
			}
		}
	}
	bids, asks := &s.active[Buy-1], &s.active[Sell-1]
	if bids.best != 0 && asks.best != 0 && bids.bestPrice >= asks.bestPrice {
		return errCrossed
	}
	s.listen(r.books)
	return nil
}

// queue says where orders stand that follow each other in a snapshot.
type queue struct {
	kind   queueKind
	side   Side
	symbol Symbol
}

type queueKind uint8

const (
	activeQueue queueKind = iota
	stopQueue
	trailQueue
)

func (r *restoring) readOrder(s *symbolBook, q queue) error {
	b := r.books
	slot := b.orders.take()
	o := b.orders.at(slot)
	*o = order{}
	has, err := r.readLine(o, q)
	if err != nil {
		return err
	}
	if b.find(&o.id) != 0 {
		return errDuplicate
	}
	price := int64(0)
	if err := r.ints(&price); err != nil {
		return err
	}
	if err := r.readExtension(o, q, has); err != nil {
		return fmt.Errorf("order %s: %w", o.id, err)
	}
	if err := r.queue(s, q, slot, o, price); err != nil {
		return fmt.Errorf("order %s: %w", o.id, err)
	}
	b.ids.put(o.id.Hash(), slot)
	b.open++
	b.accounts.at(o.account).open++
	b.showings += showings(o.quantity, b.displayOf(o))
	if o.extension != 0 && b.extensions.at(o.extension).expireNS != 0 {
		b.expect(slot, o)
	}
	r.accepted = append(r.accepted, accepted{o.acceptedNS, slot, o.flags.orderType().isStop()})
	if has&hasPartner != 0 {
		return r.pair(slot, o)
	}
	return nil
}

// readLine reads what every order has.
func (r *restoring) readLine(o *order, q queue) (has byte, err error) {
	if err := r.id(&o.id); err != nil {
		return 0, err
	}
	account, err := r.uint32()
	if err != nil {
		return 0, err
	}
	if account == 0 || int(account) > len(r.accounts) {
		return 0, fmt.Errorf("order %s: account %d", o.id, account)
	}
	o.account = r.accounts[account-1]
	if err := r.ints(&o.acceptedNS, &o.quantity, &o.remaining); err != nil {
		return 0, err
	}
	bits, err := r.uint32()
	if err != nil {
		return 0, err
	}
	last, err := r.bytes(1)
	if err != nil {
		return 0, err
	}
	o.flags = flags(bits)
	if bits>>symbolBit != 0 || o.flags.state() != 0 || !o.flags.fit(q) || o.remaining < 1 || o.quantity < o.remaining {
		return 0, fmt.Errorf("order %s cannot stand where it is", o.id)
	}
	o.flags = (o.flags | flags(q.symbol)<<symbolBit).with(dormant)
	if q.kind == activeQueue {
		o.flags = o.flags.with(resting)
	} else {
		r.books.asleep++
	}
	return last[0], nil
}

// fit says whether an order with these flags may stand in a queue.
func (f flags) fit(q queue) bool {
	known := f.timeInForce() >= Day && f.timeInForce() <= GoodTillDate && f.selfTrade() <= Decrement &&
		f.postOnly() <= PostOnlyReprice && f.side() == q.side
	switch q.kind {
	case activeQueue:
		return known && (f.orderType() == Limit || f.orderType() == StopLimit)
	case stopQueue:
		return known && (f.orderType() == Stop || f.orderType() == StopLimit)
	}
	return known && f.orderType() == TrailingStop
}

func (r *restoring) readExtension(o *order, q queue, has byte) error {
	if q.kind == activeQueue && has == 0 {
		return nil
	}
	e := r.books.extend(o)
	if q.kind != activeQueue {
		if err := r.ints(&e.limit); err != nil {
			return err
		}
	}
	if q.kind == trailQueue {
		if err := r.ints(&e.stop); err != nil {
			return err
		}
		basis, err := r.uint32()
		if err != nil {
			return err
		}
		if basis > 9_999 || (basis == 0) == (e.stop == 0) || e.stop < 0 {
			return errors.New("its trail")
		}
		e.trailBasis = int32(basis)
	}
	if has&hasDisplay != 0 {
		if err := r.ints(&e.display, &e.shown); err != nil {
			return err
		}
		if e.display < 1 || showings(o.quantity, e.display) > MaxShowings || q.kind == activeQueue && (e.shown < 1 || e.shown > min(e.display, o.remaining)) {
			return errors.New("what it shows")
		}
	}
	if has&hasMinimum != 0 {
		if err := r.ints(&e.minimum); err != nil {
			return err
		}
	}
	if has&hasExpiry != 0 {
		if err := r.ints(&e.expireNS); err != nil {
			return err
		}
	}
	if (e.expireNS != 0) != (o.flags.timeInForce() == GoodTillDate) {
		return errors.New("its expiry")
	}
	return nil
}

// queue puts an order at the back of where it stands. Prices come best first.
func (r *restoring) queue(s *symbolBook, q queue, slot uint32, o *order, price int64) error {
	b := r.books
	if q.kind == trailQueue {
		if !isPrice(price) {
			return errors.New("its mark")
		}
		e := b.extensions.at(o.extension)
		stop := trailed(q.side, price, e.stop, e.trailBasis)
		if !isPrice(stop) {
			return errors.New("its stop price")
		}
		s.trails[q.side-1] = append(s.trails[q.side-1], trail{slot, price, stop})
		return nil
	}
	t := &s.active[q.side-1]
	if q.kind == stopQueue {
		t = &s.stops[q.side-1]
		b.extensions.at(o.extension).stop = price
	}
	number := t.find(&b.ladders, price)
	if number == 0 {
		number = t.insert(&b.ladders, price)
	}
	if t.next(&b.ladders, number) != 0 {
		return errors.New("its price comes too late")
	}
	b.link(number, slot, o)
	shown := o.remaining
	if q.kind == activeQueue {
		shown = b.shown(o)
	}
	b.levels.at(number).shown.add(shown)
	b.levels.at(number).reserve.add(o.remaining - shown)
	return nil
}

// pair links a stop with the limit order that stands before it in the snapshot.
func (r *restoring) pair(slot uint32, stop *order) error {
	var id ID
	if err := r.id(&id); err != nil {
		return err
	}
	b := r.books
	partner := b.find(&id)
	if partner == 0 {
		return fmt.Errorf("order %s: its partner %s is not there", stop.id, id)
	}
	limit := b.orders.at(partner)
	same := limit.account == stop.account && limit.remaining == stop.remaining && limit.flags.state() == resting &&
		limit.flags.side() == stop.flags.side() && limit.flags.symbol() == stop.flags.symbol()
	if !same || b.partnerOf(limit) != 0 {
		return fmt.Errorf("orders %s and %s are no pair", stop.id, id)
	}
	b.extend(limit).partner, b.extend(stop).partner = slot, partner
	return nil
}

// noteAll gives the accounts their orders in the order of acceptance: stamps rise, and of a pair the stop is second.
func (r *restoring) noteAll() {
	slices.SortFunc(r.accepted, func(one, other accepted) int {
		if order := cmp.Compare(one.stampNS, other.stampNS); order != 0 {
			return order
		}
		return cmp.Compare(boolByte(one.isStop), boolByte(other.isStop))
	})
	for _, a := range r.accepted {
		r.books.note(r.books.orders.at(a.slot).account, a.slot)
	}
}
