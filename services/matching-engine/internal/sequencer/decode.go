package sequencer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/jsontext"
)

// DecodeCall reads the body of one call: `{"commands": [...]}`. It refuses unknown members, members that
// belong to another kind and values out of range, with an *InvalidError.
func DecodeCall(body []byte) ([]Command, error) {
	if err := jsontext.Check(body); err != nil {
		return nil, invalid("", "%s", err)
	}
	var commands []Command
	found := false
	err := jsontext.Object(body, func(name string, value []byte) error {
		if name != "commands" {
			return invalid("", "has the unknown member %q", name)
		}
		found = true
		return jsontext.Array(value, func(element []byte) error {
			path := fmt.Sprintf("commands[%d]", len(commands))
			if len(commands) == MaxCommandsPerCall {
				return invalid("commands", "must be at most %d", MaxCommandsPerCall)
			}
			command, err := decodeCommand(element)
			if err != nil {
				return within(path, err)
			}
			commands = append(commands, command)
			return nil
		})
	})
	switch {
	case err != nil:
		return nil, within("", err)
	case !found:
		return nil, invalid("", "must have the member %q", "commands")
	case len(commands) == 0:
		return nil, invalid("commands", "must not be empty")
	}
	return commands, nil
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

// member is one member that a kind of object must or may have.
type member struct {
	name     string
	optional bool
	read     func(c *Command, value []byte) error
}

// The members of the kinds, in the order in which a command is written to the journal.
var (
	membersOfKind = [...][]member{
		Place:      {commandID, kind, expiresAt, trace, order},
		Cancel:     {commandID, kind, trace, orderID, accountID},
		ListSymbol: {commandID, kind, trace, symbol},
		EndSession: {commandID, kind, trace, session, endsAt},
	}
	membersOfOrder = []member{
		orderID, accountID, clientOrderID, symbol, side, orderType, timeInForce, limitTicks, quantityLots, terms,
	}
)

var (
	commandID = member{name: "command_id", read: func(c *Command, v []byte) error { return readID(&c.ID, v) }}
	kind      = member{name: "kind", read: func(*Command, []byte) error { return nil }} // read beforehand
	expiresAt = member{name: "expires_at_ns", read: func(c *Command, v []byte) error {
		return readNumber(&c.ExpiresAtNS, v, 1, 1<<63-1)
	}}
	trace     = member{name: "trace", optional: true, read: readTrace}
	order     = member{name: "order", read: func(c *Command, v []byte) error { return readMembers(c, v, membersOfOrder) }}
	orderID   = member{name: "order_id", read: func(c *Command, v []byte) error { return readID(&c.OrderID, v) }}
	accountID = member{name: "account_id", read: func(c *Command, v []byte) error { return readID(&c.AccountID, v) }}
	symbol    = member{name: "symbol", read: readSymbol}
	session   = member{name: "session", read: readSession}
	endsAt    = member{name: "ends_at_ns", read: func(c *Command, v []byte) error {
		return readNumber(&c.EndsAtNS, v, 1, 1<<63-1)
	}}

	clientOrderID = member{name: "client_order_id", read: readClientOrderID}
	side          = member{name: "side", read: func(c *Command, v []byte) error {
		n, err := readName(v, sideNames[:])
		c.Side = book.Side(n)
		return err
	}}
	orderType = member{name: "order_type", read: func(c *Command, v []byte) error {
		n, err := readName(v, typeNames[:])
		c.Type = book.OrderType(n)
		return err
	}}
	timeInForce = member{name: "time_in_force", read: func(c *Command, v []byte) error {
		n, err := readName(v, timeInForceNames[:])
		c.TimeInForce = book.TimeInForce(n)
		return err
	}}
	limitTicks = member{name: "limit_price_ticks", read: func(c *Command, v []byte) error {
		return readNumber(&c.LimitTicks, v, 1, maxNumber)
	}}
	quantityLots = member{name: "quantity_lots", read: func(c *Command, v []byte) error {
		return readNumber(&c.QuantityLots, v, 1, maxNumber)
	}}
	terms = member{name: "terms", read: readTerms}
)

func decodeCommand(value []byte) (Command, error) {
	var c Command
	err := jsontext.Object(value, func(name string, value []byte) error {
		if name != "kind" {
			return nil
		}
		n, err := readName(value, kindNames[:Tick])
		c.Kind = Kind(n)
		return within("kind", err)
	})
	if err != nil {
		return c, err
	}
	if c.Kind == 0 {
		return c, invalid("", "must have the member %q", "kind")
	}
	return c, readMembers(&c, value, membersOfKind[c.Kind])
}

func readMembers(c *Command, value []byte, members []member) error {
	var seen uint
	err := jsontext.Object(value, func(name string, value []byte) error {
		for i := range members {
			if members[i].name == name {
				seen |= 1 << i
				if err := members[i].read(c, value); err != nil {
					return within(name, err)
				}
				return nil
			}
		}
		return invalid("", "has the unknown member %q", name)
	})
	if err != nil {
		return err
	}
	for i := range members {
		if seen&(1<<i) == 0 && !members[i].optional {
			return invalid("", "must have the member %q", members[i].name)
		}
	}
	return nil
}

func readID(to *book.ID, value []byte) error {
	text, err := jsontext.String(value)
	if err != nil {
		return err
	}
	if *to, err = book.ParseID(text); err == nil && *to == (book.ID{}) {
		err = errors.New("must not be the nil UUID")
	}
	return err
}

func readNumber(to *int64, value []byte, least, most int64) error {
	number, err := jsontext.Integer(value)
	if err != nil {
		return err
	}
	if number < least || number > most {
		return fmt.Errorf("must be from %d to %d", least, most)
	}
	*to = number
	return nil
}

func readName(value []byte, names []string) (int, error) {
	text, err := jsontext.String(value)
	if err != nil {
		return 0, err
	}
	for i, name := range names {
		if name == text && name != "" {
			return i, nil
		}
	}
	return 0, fmt.Errorf("must be one of %s", strings.Join(names[1:], ", "))
}

// ValidSymbol says whether a text may be a symbol: capital letters, digits and `.`, `/`, `_`, `-` inside.
func ValidSymbol(text string) bool {
	if text == "" || len(text) > maxSymbolBytes {
		return false
	}
	for i := range len(text) {
		c := text[i]
		plain := c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !plain && (i == 0 || strings.IndexByte("./_-", c) < 0) {
			return false
		}
	}
	return true
}

func readSymbol(c *Command, value []byte) error {
	text, err := jsontext.String(value)
	if err != nil {
		return err
	}
	if !ValidSymbol(text) {
		return fmt.Errorf("must be 1 to %d capital letters, digits and . / _ -", maxSymbolBytes)
	}
	c.Symbol = text
	return nil
}

func readSession(c *Command, value []byte) error {
	text, err := jsontext.String(value)
	if err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return errors.New("must be a date, YYYY-MM-DD")
	}
	c.Session = text
	return nil
}

func readClientOrderID(c *Command, value []byte) error {
	text, err := jsontext.String(value)
	if err != nil {
		return err
	}
	if text == "" || utf8.RuneCountInString(text) > maxClientOrderIDRunes || strings.ContainsFunc(text, isControl) {
		return fmt.Errorf("must be 1 to %d characters, none of them a control character", maxClientOrderIDRunes)
	}
	c.ClientOrderID = text
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func readTerms(c *Command, value []byte) error {
	if len(value) == 0 || value[0] != '{' {
		return jsontext.ErrObject
	}
	// PostgreSQL's jsonb cannot hold this character: an event with it would stop every consumer.
	if bytes.Contains(value, []byte(`\u0000`)) {
		return errors.New(`must not contain the character \u0000`)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, value); err != nil {
		return err
	}
	c.Terms = compact.Bytes()
	return nil
}

// TraceBytes is the length of a traceparent of version 00.
const TraceBytes = 55

func readTrace(c *Command, value []byte) error {
	text, err := jsontext.String(value)
	if err != nil {
		return err
	}
	if !validTrace(text) {
		return errors.New("must be a W3C traceparent of version 00")
	}
	c.Trace = text
	return nil
}

// validTrace checks the form only; a trace of zeros is valid in form and simply never sampled.
func validTrace(text string) bool {
	if len(text) != TraceBytes || text[:3] != "00-" || text[35] != '-' || text[52] != '-' {
		return false
	}
	for i := 3; i < TraceBytes; i++ {
		c := text[i]
		if i != 35 && i != 52 && !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

// Sampled says whether the flags of a valid traceparent ask for its spans to be kept.
func Sampled(trace string) bool {
	return len(trace) == TraceBytes && (hexDigit(trace[54])&1) == 1
}

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
