package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/jsontext"
)

// DecodeCall reads the body of one call, `{"commands": [...]}`, and appends its commands. It refuses unknown members,
// members that belong to another kind and values out of range, with an *InvalidError. The commands keep views of the body.
func DecodeCall(to []Command, body []byte) ([]Command, error) {
	commands, err := decodeCall(to, body)
	if err != nil {
		return to, refusal(body, err)
	}
	return commands, nil
}

// Decode reads one command. It takes the engine's own kinds, too.
func Decode(document []byte) (Command, error) {
	var c Command
	r := jsontext.NewReader(document)
	d := decoder{r: &r, c: &c, own: true}
	err := d.decode()
	if err == nil {
		err = r.End()
	}
	if err != nil || !utf8.Valid(document) {
		return Command{}, refusal(document, err)
	}
	return c, nil
}

// refusal makes any error an *InvalidError. A document that is no JSON at all has no other fault.
func refusal(document []byte, err error) error {
	if !utf8.Valid(document) || !json.Valid(document) {
		return &InvalidError{Reason: jsontext.ErrSyntax.Error()}
	}
	return within("", err)
}

func decodeCall(to []Command, body []byte) ([]Command, error) {
	if !utf8.Valid(body) {
		return nil, jsontext.ErrSyntax
	}
	r := jsontext.NewReader(body)
	if err := r.Object(); err != nil {
		return nil, err
	}
	for first := true; ; first = false {
		name, err := r.Member(first)
		switch {
		case err != nil:
			return nil, err
		case name == nil && first:
			return nil, invalid("", "must have the member %q", "commands")
		case name == nil:
			return to, r.End()
		case string(name) != "commands":
			return nil, invalid("", "has the unknown member %q", name)
		case !first:
			return nil, invalid("", "has the member %q twice", name)
		}
		if to, err = decodeCommands(to, &r); err != nil {
			return nil, err
		}
	}
}

func decodeCommands(to []Command, r *jsontext.Reader) ([]Command, error) {
	if err := r.Array(); err != nil {
		return nil, within("commands", err)
	}
	for n := 0; ; n++ {
		more, err := r.Element(n == 0)
		switch {
		case err != nil:
			return nil, err
		case !more && n == 0:
			return nil, invalid("commands", "must not be empty")
		case !more:
			return to, nil
		case n == MaxCommandsPerCall:
			return nil, ErrTooManyCommands
		}
		to = append(to, Command{})
		d := decoder{r: r, c: &to[len(to)-1]}
		if err := d.decode(); err != nil {
			return nil, within(fmt.Sprintf("commands[%d]", n), err)
		}
	}
}

// within makes any error an *InvalidError whose path starts with the given one.
func within(path string, err error) error {
	if err == nil {
		return nil
	}
	var inner *InvalidError
	if !errors.As(err, &inner) {
		return &InvalidError{Path: path, Reason: err.Error()}
	}
	if path == "" {
		return inner
	}
	joined := path
	if inner.Path != "" {
		joined += "." + inner.Path
	}
	return &InvalidError{Path: joined, Reason: inner.Reason}
}

// decoder reads one command.
type decoder struct {
	r          *jsontext.Reader
	c          *Command
	own        bool   // it may be of one of the engine's own kinds
	stopSymbol []byte // of a pair's stop order
}

func (d *decoder) decode() error {
	c := d.c
	seen, err := readMembers(d.r, d)
	if err != nil {
		return err
	}
	if c.Kind == 0 {
		return invalid("", "must have the member %q", "kind")
	}
	if err := shapeOf(c.Kind).check(seen); err != nil {
		return err
	}
	if c.Kind == PlacePair {
		if err := checkSameSymbol(c.Symbol, d.stopSymbol); err != nil {
			return err
		}
	}
	return c.check()
}

// leg is one order of a command, as it is read.
type leg struct {
	order                        *book.Order
	symbol, clientOrderID, terms *[]byte
}

func (c *Command) leg() leg { return leg{&c.Order, &c.Symbol, &c.ClientOrderID, &c.Terms} }

func (c *Command) stopLeg(symbol *[]byte) leg {
	return leg{&c.Stop, symbol, &c.StopClientOrderID, &c.StopTerms}
}

func readOrder(r *jsontext.Reader, to leg) error {
	seen, err := readMembers(r, to)
	if err != nil {
		return err
	}
	return orderShape.check(seen)
}

// readMembers reads an object into what takes its members, each once.
func readMembers[T interface {
	readMember(r *jsontext.Reader, member members) error
}](r *jsontext.Reader, to T) (seen members, err error) {
	if err := r.Object(); err != nil {
		return 0, err
	}
	at := -1
	for first := true; ; first = false {
		name, err := r.Member(first)
		if name == nil || err != nil {
			return seen, err
		}
		if at = memberAfter(at, name); at < 0 {
			return seen, invalid("", "has the unknown member %q", name)
		}
		one := members(1) << at
		if seen&one != 0 {
			return seen, invalid("", "has the member %q twice", name)
		}
		seen |= one
		if err := to.readMember(r, one); err != nil {
			return seen, within(memberNames[at], err)
		}
	}
}

func (d *decoder) readMember(r *jsontext.Reader, member members) error {
	c := d.c
	switch member {
	case memberCommandID:
		return readID(r, &c.ID)
	case memberKind:
		names := kindNames[:Tick]
		if d.own {
			names = kindNames[:]
		}
		return readName(r, &c.Kind, names, 1)
	case memberExpiresAt:
		return readNumber(r, &c.ExpiresAtNS, 1, maxMomentNS)
	case memberTrace:
		return readTrace(r, &c.Trace)
	case memberOrder, memberLimitOrder:
		return readOrder(r, c.leg())
	case memberStopOrder:
		return readOrder(r, c.stopLeg(&d.stopSymbol))
	case memberNewOrderID:
		return readID(r, &c.NewOrderID)
	case memberSession:
		return readText(r, &c.Session, checkSession)
	case memberEndsAt:
		return readNumber(r, &c.EndsAtNS, 1, maxMomentNS)
	case memberOpenOrders:
		return readNumber(r, &c.Limits.OpenOrders, 0, MaxNumber)
	case memberOpenOrdersPerAccount:
		return readNumber(r, &c.Limits.OpenOrdersPerAccount, 0, MaxNumber)
	case memberLevelsPerSide:
		return readNumber(r, &c.Limits.LevelsPerSide, 0, MaxNumber)
	case memberSymbols:
		return readNumber(r, &c.Limits.Symbols, 0, MaxNumber)
	case memberTrailingStops:
		return readNumber(r, &c.Limits.TrailingStopsPerSymbol, 0, MaxNumber)
	case memberTradesPerOrder:
		return readNumber(r, &c.Limits.TradesPerOrder, 0, MaxNumber)
	}
	return c.leg().readMember(r, member)
}

// readMember reads a member of an order.
func (l leg) readMember(r *jsontext.Reader, member members) error {
	o := l.order
	switch member {
	case memberOrderID:
		return readID(r, &o.ID)
	case memberAccountID:
		return readID(r, &o.Account)
	case memberClientOrderID:
		return readText(r, l.clientOrderID, checkClientOrderID)
	case memberSymbol:
		return readText(r, l.symbol, checkSymbol)
	case memberSide:
		return readName(r, &o.Side, sideNames[:], 1)
	case memberOrderType:
		return readName(r, &o.Type, typeNames[:], 1)
	case memberTimeInForce:
		return readName(r, &o.TimeInForce, timeInForceNames[:], 1)
	case memberLimitPrice:
		return readNumber(r, &o.LimitPriceTicks, 1, MaxNumber)
	case memberQuantity:
		return readNumber(r, &o.QuantityLots, 1, MaxNumber)
	case memberStopPrice:
		return readNumber(r, &o.StopPriceTicks, 1, MaxNumber)
	case memberTrailTicks:
		return readNumber(r, &o.TrailTicks, 1, MaxNumber)
	case memberTrailBasisPoints:
		return readNumber(r, &o.TrailBasisPoints, 1, MaxTrailBasisPoints)
	case memberDisplay:
		return readNumber(r, &o.DisplayLots, 1, MaxNumber)
	case memberMinimum:
		return readNumber(r, &o.MinimumLots, 1, MaxNumber)
	case memberPostOnly:
		return readName(r, &o.PostOnly, postOnlyNames[:], 1)
	case memberExpireAt:
		return readNumber(r, &o.ExpireAtNS, 1, maxMomentNS)
	case memberSelfTrade:
		return readName(r, &o.SelfTrade, selfTradeNames[:], 0)
	case memberTerms:
		terms, err := r.Opaque()
		if err == nil && len(terms) > MaxTermsBytes {
			err = errTermsBytes
		}
		*l.terms = terms
		return err
	}
	return errUnknown
}

// errUnknown says that a member is none of an order's; its object then refuses it by name.
var errUnknown = errors.New("is no member of an order")

func readID(r *jsontext.Reader, to *book.ID) error {
	text, err := r.String()
	if err != nil {
		return err
	}
	if *to, err = book.ParseID(string(text)); err != nil {
		return err
	}
	return checkID(*to)
}

func readNumber[N int32 | int64](r *jsontext.Reader, to *N, least, most int64) error {
	number, err := r.Integer()
	if err != nil {
		return err
	}
	*to = N(number)
	return checkNumber(number, least, most)
}

// readName reads one of the names from the given one on.
func readName[N ~uint8](r *jsontext.Reader, to *N, names []string, least int) error {
	text, err := r.String()
	if err != nil {
		return err
	}
	for i := least; i < len(names); i++ {
		if names[i] == string(text) {
			*to = N(i)
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(names[least:], ", "))
}

func readText(r *jsontext.Reader, to *[]byte, check func([]byte) error) error {
	text, err := r.String()
	if err != nil {
		return err
	}
	*to = text
	return check(text)
}

func readTrace(r *jsontext.Reader, to *Trace) error {
	text, err := r.String()
	if err != nil {
		return err
	}
	*to, err = ParseTrace(text)
	return err
}
