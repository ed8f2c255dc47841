package sequencer

import (
	"strconv"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/jsontext"
)

// text is JSON being appended. Objects are opened and closed by hand; a comma is put where one is due.
type text []byte

func (t *text) raw(s string) { *t = append(*t, s...) }

func (t *text) name(name string) {
	if last := (*t)[len(*t)-1]; last != '{' && last != '[' {
		*t = append(*t, ',')
	}
	*t = append(*t, '"')
	*t = append(*t, name...)
	*t = append(*t, '"', ':')
}

func (t *text) string(name, value string) {
	t.name(name)
	*t = jsontext.AppendString(*t, value)
}

func (t *text) id(name string, value book.ID) {
	t.name(name)
	*t = append(*t, '"')
	*t = value.AppendText(*t)
	*t = append(*t, '"')
}

func (t *text) integer(name string, value int64) {
	t.name(name)
	*t = strconv.AppendInt(*t, value, 10)
}

// order writes the members of a place command's order.
func (t *text) order(c *Command) {
	t.id("order_id", c.OrderID)
	t.id("account_id", c.AccountID)
	t.string("client_order_id", c.ClientOrderID)
	t.string("symbol", c.Symbol)
	t.string("side", sideNames[c.Side])
	t.string("order_type", typeNames[c.Type])
	t.string("time_in_force", timeInForceNames[c.TimeInForce])
	t.integer("limit_price_ticks", c.LimitTicks)
	t.integer("quantity_lots", c.QuantityLots)
	t.name("terms")
	*t = append(*t, c.Terms...)
}

// AppendCommand appends the command as it is kept in the journal: the wire's form, its members in one fixed
// order. A tick, which has no members, is empty.
func AppendCommand(to []byte, c *Command) []byte {
	if c.Kind == Tick {
		return to
	}
	t := text(to)
	t.raw("{")
	t.id("command_id", c.ID)
	t.string("kind", c.Kind.String())
	if c.Kind == Place {
		t.integer("expires_at_ns", c.ExpiresAtNS)
	}
	if c.Trace != "" {
		t.string("trace", c.Trace)
	}
	switch c.Kind {
	case Place:
		t.name("order")
		t.raw("{")
		t.order(c)
		t.raw("}")
	case Cancel:
		t.id("order_id", c.OrderID)
		t.id("account_id", c.AccountID)
	case ListSymbol:
		t.string("symbol", c.Symbol)
	case EndSession:
		t.string("session", c.Session)
		t.integer("ends_at_ns", c.EndsAtNS)
	}
	t.raw("}")
	return t
}

// DecodeCommand reads what AppendCommand wrote.
func DecodeCommand(journalled []byte) (Command, error) {
	if len(journalled) == 0 {
		return Command{Kind: Tick}, nil
	}
	if err := jsontext.Check(journalled); err != nil {
		return Command{}, err
	}
	return decodeCommand(journalled)
}
