package command

import (
	"encoding/binary"

	"daytrading/matching-engine/internal/book"
)

// binaryReader takes a command's fields one after the other. After the first error it gives nothing more.
type binaryReader struct {
	data []byte
	full bool // texts and combinations are checked, too
	err  error
}

func decodeBinary(to *Command, data []byte, full bool) error {
	r := binaryReader{data: data, full: full}
	*to = Command{}
	head := r.take(2)
	if head == nil {
		return r.err
	}
	to.Kind = Kind(head[0])
	if to.Kind == 0 || int(to.Kind) > Kinds {
		return invalid("kind", "is unknown")
	}
	if head[1]&^flagTrace != 0 || to.Kind.Own() && head[1] != 0 {
		return errBits
	}
	if !to.Kind.Own() {
		r.id(&to.ID, "command_id")
	}
	if head[1]&flagTrace != 0 {
		r.trace(&to.Trace)
	}
	r.body(to)
	if r.err == nil && len(r.data) > 0 {
		r.err = errLong
	}
	if r.err == nil && full {
		r.err = to.check()
	}
	return r.err
}

func (r *binaryReader) body(c *Command) {
	if c.Kind.Expires() {
		r.number(&c.ExpiresAtNS, maxMomentNS, "expires_at_ns")
	}
	switch c.Kind {
	case Place:
		r.order("order", c.leg())
	case PlacePair:
		var symbol []byte
		r.order("limit_order", c.leg())
		r.order("stop_order", c.stopLeg(&symbol))
		if r.err == nil {
			r.err = checkSameSymbol(c.Symbol, symbol)
		}
	case Cancel:
		r.id(&c.Order.ID, "order_id")
		r.id(&c.Order.Account, "account_id")
	case Replace:
		r.replacement(c)
	case CancelAll:
		r.cancelAll(c)
	case ListSymbol, HaltSymbol, ResumeSymbol:
		r.symbol(&c.Symbol)
	case EndSession:
		r.number(&c.EndsAtNS, maxMomentNS, "ends_at_ns")
		r.text(&c.Session, sessionBytes, checkSession, "session")
	case SetLimits:
		for i, limit := range limitsOf(&c.Limits) {
			r.limit(limit, memberNames[limitNames+i])
		}
	}
}

// limitNames is where the limits' names begin.
const limitNames = len(memberNames) - 6

// fail keeps the first error.
func (r *binaryReader) fail(path string, err error) {
	if r.err == nil {
		r.err = within(path, err)
		r.data = nil
	}
}

// take is the next bytes, or nil.
func (r *binaryReader) take(count int) []byte {
	if r.err != nil || len(r.data) < count {
		r.fail("", errShort)
		return nil
	}
	taken := r.data[:count:count]
	r.data = r.data[count:]
	return taken
}

func (r *binaryReader) id(to *book.ID, path string) {
	if b := r.take(idBytes); b != nil {
		*to = book.ID(b)
		if err := checkID(*to); err != nil {
			r.fail(path, err)
		}
	}
}

func (r *binaryReader) trace(to *Trace) {
	if b := r.take(binaryTrace); b != nil {
		*to = Trace{TraceID: [16]byte(b[:16]), SpanID: [8]byte(b[16:24]), Flags: b[24], Present: true}
	}
}

// number reads what must be from 1 to most.
func (r *binaryReader) number(to *int64, most int64, path string) {
	if b := r.take(8); b != nil {
		*to = int64(binary.LittleEndian.Uint64(b))
		if err := checkNumber(*to, 1, most); err != nil {
			r.fail(path, err)
		}
	}
}

func (r *binaryReader) limit(to *int64, path string) {
	if b := r.take(8); b != nil {
		*to = int64(binary.LittleEndian.Uint64(b))
		if err := checkNumber(*to, 0, MaxNumber); err != nil {
			r.fail(path, err)
		}
	}
}

func (r *binaryReader) basisPoints(to *int32, path string) {
	var number int64
	r.number(&number, MaxTrailBasisPoints, path)
	*to = int32(number)
}

func (r *binaryReader) text(to *[]byte, length int, check func([]byte) error, path string) {
	b := r.take(length)
	if b == nil {
		return
	}
	*to = b
	if r.full || length == 0 {
		if err := check(b); err != nil {
			r.fail(path, err)
		}
	}
}

func (r *binaryReader) symbol(to *[]byte) {
	if b := r.take(1); b != nil {
		r.text(to, int(b[0]), checkSymbol, "symbol")
		if len(*to) == 0 || len(*to) > MaxSymbolBytes {
			r.fail("symbol", errSymbol)
		}
	}
}

// enum checks one of the enumerations.
func (r *binaryReader) enum(value, least byte, names int, path string) {
	if value < least || int(value) >= names {
		r.fail(path, errEnum)
	}
}

func (r *binaryReader) order(path string, to leg) {
	outer := *r
	r.readOrder(to)
	if outer.err == nil && r.err != nil {
		r.err = within(path, r.err)
	}
}

func (r *binaryReader) readOrder(to leg) {
	b := r.take(fixedOrderBytes)
	if b == nil {
		return
	}
	o, present := to.order, b[0]
	if present >= hasExpireAt<<1 {
		r.fail("", errBits)
		return
	}
	r.enum(b[1], 1, len(sideNames), "side")
	r.enum(b[2], 1, len(typeNames), "order_type")
	r.enum(b[3], 1, len(timeInForceNames), "time_in_force")
	r.enum(b[4], 0, len(postOnlyNames), "post_only")
	r.enum(b[5], 0, len(selfTradeNames), "self_trade_prevention")
	o.Side, o.Type, o.TimeInForce = book.Side(b[1]), book.OrderType(b[2]), book.TimeInForce(b[3])
	o.PostOnly, o.SelfTrade = book.PostOnly(b[4]), book.SelfTrade(b[5])
	symbol, clientOrderID := int(b[6]), int(binary.LittleEndian.Uint16(b[7:]))
	terms := binary.LittleEndian.Uint32(b[9:])
	fixed := binaryReader{data: b[13:], err: r.err}
	fixed.id(&o.ID, "order_id")
	fixed.id(&o.Account, "account_id")
	fixed.number(&o.LimitPriceTicks, MaxNumber, "limit_price_ticks")
	fixed.number(&o.QuantityLots, MaxNumber, "quantity_lots")
	if fixed.err != nil {
		r.fail("", fixed.err)
		return
	}
	if present != 0 {
		r.optionals(o, present)
	}
	if symbol > MaxSymbolBytes || symbol == 0 {
		r.fail("symbol", errSymbol)
	}
	r.text(to.symbol, symbol, checkSymbol, "symbol")
	r.text(to.clientOrderID, clientOrderID, checkClientOrderID, "client_order_id")
	r.text(to.terms, int(min(terms, MaxCallBytes+1)), checkTerms, "terms")
}

func (r *binaryReader) optionals(o *book.Order, present byte) {
	if present&hasStopPrice != 0 {
		r.number(&o.StopPriceTicks, MaxNumber, "stop_price_ticks")
	}
	if present&hasTrailTicks != 0 {
		r.number(&o.TrailTicks, MaxNumber, "trail_ticks")
	}
	if present&hasTrailBasisPoints != 0 {
		r.basisPoints(&o.TrailBasisPoints, "trail_basis_points")
	}
	if present&hasDisplay != 0 {
		r.number(&o.DisplayLots, MaxNumber, "display_lots")
	}
	if present&hasMinimum != 0 {
		r.number(&o.MinimumLots, MaxNumber, "minimum_lots")
	}
	if present&hasExpireAt != 0 {
		r.number(&o.ExpireAtNS, maxMomentNS, "expire_at_ns")
	}
}

func (r *binaryReader) replacement(c *Command) {
	b := r.take(1)
	if b == nil {
		return
	}
	present, o := b[0], &c.Order
	if present >= changesTerms<<1 {
		r.fail("", errBits)
		return
	}
	r.id(&o.ID, "order_id")
	r.id(&o.Account, "account_id")
	r.id(&c.NewOrderID, "new_order_id")
	if present&changesLimitPrice != 0 {
		r.number(&o.LimitPriceTicks, MaxNumber, "limit_price_ticks")
	}
	if present&changesQuantity != 0 {
		r.number(&o.QuantityLots, MaxNumber, "quantity_lots")
	}
	if present&changesStopPrice != 0 {
		r.number(&o.StopPriceTicks, MaxNumber, "stop_price_ticks")
	}
	if present&changesTrailTicks != 0 {
		r.number(&o.TrailTicks, MaxNumber, "trail_ticks")
	}
	if present&changesTrailBasisPoints != 0 {
		r.basisPoints(&o.TrailBasisPoints, "trail_basis_points")
	}
	if present&changesClientOrderID != 0 {
		if length := r.take(2); length != nil {
			r.text(&c.ClientOrderID, int(binary.LittleEndian.Uint16(length)), checkClientOrderID, "client_order_id")
		}
	}
	if present&changesTerms != 0 {
		if length := r.take(4); length != nil {
			r.text(&c.Terms, int(min(binary.LittleEndian.Uint32(length), MaxCallBytes+1)), checkTerms, "terms")
		}
	}
}

func (r *binaryReader) cancelAll(c *Command) {
	b := r.take(1)
	if b == nil {
		return
	}
	if b[0] >= namesSymbol<<1 {
		r.fail("", errBits)
		return
	}
	if b[0]&namesAccount != 0 {
		r.id(&c.Order.Account, "account_id")
	}
	if b[0]&namesSymbol != 0 {
		r.symbol(&c.Symbol)
	}
}
