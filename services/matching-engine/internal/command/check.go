package command

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/jsontext"
)

// What both forms of a command must keep. A field that is not there is zero, and no field that is there may be.

const maxMomentNS = math.MaxInt64

func checkID(id book.ID) error {
	if id == (book.ID{}) {
		return errors.New("must not be the nil UUID")
	}
	return nil
}

func checkNumber(number, least, most int64) error {
	if number < least || number > most {
		return fmt.Errorf("must be from %d to %d", least, most)
	}
	return nil
}

// ValidSymbol says whether a text may be a symbol: capital letters, digits and `.`, `/`, `_`, `-` inside.
func ValidSymbol(text string) bool { return checkSymbol([]byte(text)) == nil }

var errSymbol = fmt.Errorf("must be 1 to %d capital letters, digits and . / _ -", MaxSymbolBytes)

func checkSymbol(text []byte) error {
	if len(text) == 0 || len(text) > MaxSymbolBytes {
		return errSymbol
	}
	for i, c := range text {
		plain := c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		inside := c == '.' || c == '/' || c == '_' || c == '-'
		if !plain && (i == 0 || !inside) {
			return errSymbol
		}
	}
	return nil
}

var errClientOrderID = fmt.Errorf("must be 1 to %d characters, none of them a control character", maxClientOrderIDRunes)

func checkClientOrderID(text []byte) error {
	if len(text) == 0 || len(text) > maxClientOrderIDRunes*utf8.UTFMax || utf8.RuneCount(text) > maxClientOrderIDRunes ||
		!utf8.Valid(text) {
		return errClientOrderID
	}
	for _, c := range text {
		if c < ' ' || c == 0x7f {
			return errClientOrderID
		}
	}
	return nil
}

var errTermsBytes = fmt.Errorf("must be at most %d bytes", MaxTermsBytes)

func checkTerms(text []byte) error {
	if len(text) > MaxTermsBytes {
		return errTermsBytes
	}
	if !utf8.Valid(text) {
		return jsontext.ErrSyntax
	}
	return jsontext.CheckOpaque(text)
}

func checkSession(text []byte) error {
	if _, err := time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("must be a date, YYYY-MM-DD")
	}
	return nil
}

// check refuses what a command must not combine.
func (c *Command) check() error {
	switch c.Kind {
	case Place:
		return within("order", checkOrder(&c.Order))
	case PlacePair:
		return c.checkPair()
	case Replace:
		o := &c.Order
		if len(c.ClientOrderID) == 0 && len(c.Terms) == 0 && o.QuantityLots == 0 && o.LimitPriceTicks == 0 &&
			o.StopPriceTicks == 0 && o.TrailTicks == 0 && o.TrailBasisPoints == 0 {
			return invalid("", "must say what changes")
		}
	case CancelAll:
		if c.Order.Account == (book.ID{}) && len(c.Symbol) == 0 {
			return invalid("", "must have the member %q or %q", "account_id", "symbol")
		}
	}
	return nil
}

// rests says whether an order of this time in force may rest.
func rests(t book.TimeInForce) bool {
	return t == book.Day || t == book.GoodTillCancelled || t == book.GoodTillDate
}

// checkOrder refuses what the members of an order must not combine (rules O and T).
func checkOrder(o *book.Order) error {
	if err := checkTrigger(o); err != nil {
		return err
	}
	waits := o.Type == book.Stop || o.Type == book.StopLimit || o.Type == book.TrailingStop
	if waits && !rests(o.TimeInForce) || o.Type == book.Market && o.TimeInForce == book.GoodTillDate {
		return invalid("time_in_force", "must not be %s with order_type %s", TimeInForceName(o.TimeInForce), TypeName(o.Type))
	}
	if (o.ExpireAtNS != 0) != (o.TimeInForce == book.GoodTillDate) {
		return invalid("expire_at_ns", "must be there with time_in_force gtd, and only then")
	}
	limited := o.Type == book.Limit || o.Type == book.StopLimit
	switch {
	case o.PostOnly != 0 && (o.Type != book.Limit || !rests(o.TimeInForce)):
		return invalid("post_only", "is only for limit orders with time_in_force day, gtc or gtd")
	case o.DisplayLots != 0 && (!limited || !rests(o.TimeInForce)):
		return invalid("display_lots", "is only for limit and stop_limit orders with time_in_force day, gtc or gtd")
	case o.DisplayLots > o.QuantityLots:
		return invalid("display_lots", "must not be above quantity_lots")
	case o.DisplayLots != 0 && o.QuantityLots > book.MaxShowings*o.DisplayLots:
		return invalid("display_lots", "must be at least a thousandth of quantity_lots")
	case o.MinimumLots != 0 && (!limited && o.Type != book.Market || o.TimeInForce == book.FillOrKill || o.PostOnly != 0):
		return invalid("minimum_lots", "is only for limit, market and stop_limit orders, neither fok nor post_only")
	case o.MinimumLots > o.QuantityLots:
		return invalid("minimum_lots", "must not be above quantity_lots")
	}
	return nil
}

// checkTrigger: a stop has a stop price, a trailing stop one trail, other orders have none of these.
func checkTrigger(o *book.Order) error {
	if (o.StopPriceTicks != 0) != (o.Type == book.Stop || o.Type == book.StopLimit) {
		return invalid("stop_price_ticks", "must be there with order_type stop or stop_limit, and only then")
	}
	trails := 0
	if o.TrailTicks != 0 {
		trails++
	}
	if o.TrailBasisPoints != 0 {
		trails++
	}
	if o.Type == book.TrailingStop && trails != 1 {
		return invalid("", "must have either %q or %q", "trail_ticks", "trail_basis_points")
	}
	if o.Type != book.TrailingStop && trails != 0 {
		return invalid("", "must have %q or %q with order_type trailing_stop only", "trail_ticks", "trail_basis_points")
	}
	return nil
}

// checkPair is rule L1.
func (c *Command) checkPair() error {
	limit, stop := &c.Order, &c.Stop
	if err := within("limit_order", checkOrder(limit)); err != nil {
		return err
	}
	if err := within("stop_order", checkOrder(stop)); err != nil {
		return err
	}
	switch {
	case limit.Type != book.Limit:
		return invalid("limit_order.order_type", "must be limit")
	case stop.Type == book.Limit || stop.Type == book.Market:
		return invalid("stop_order.order_type", "must be stop, stop_limit or trailing_stop")
	case !rests(limit.TimeInForce):
		return invalid("limit_order.time_in_force", "must be day, gtc or gtd")
	case limit.ID == stop.ID:
		return invalid("stop_order.order_id", "must be another than limit_order's")
	case limit.Account != stop.Account:
		return invalid("stop_order.account_id", "must be limit_order's")
	case limit.Side != stop.Side:
		return invalid("stop_order.side", "must be limit_order's")
	case limit.TimeInForce != stop.TimeInForce:
		return invalid("stop_order.time_in_force", "must be limit_order's")
	case limit.ExpireAtNS != stop.ExpireAtNS:
		return invalid("stop_order.expire_at_ns", "must be limit_order's")
	case limit.QuantityLots != stop.QuantityLots:
		return invalid("stop_order.quantity_lots", "must be limit_order's")
	}
	if err := within("limit_order", checkLeg(limit)); err != nil {
		return err
	}
	return within("stop_order", checkLeg(stop))
}

func checkSameSymbol(limit, stop []byte) error {
	if !bytes.Equal(limit, stop) {
		return invalid("stop_order.symbol", "must be limit_order's")
	}
	return nil
}

func checkLeg(o *book.Order) error {
	switch {
	case o.DisplayLots != 0:
		return invalid("display_lots", "is not for an order of a pair")
	case o.MinimumLots != 0:
		return invalid("minimum_lots", "is not for an order of a pair")
	case o.PostOnly != 0:
		return invalid("post_only", "is not for an order of a pair")
	}
	return nil
}
