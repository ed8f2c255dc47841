package command_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/command/commandtest"
)

func call(commands ...[]byte) []byte {
	body := []byte(`{"commands":[`)
	for i, c := range commands {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, c...)
	}
	return append(body, `]}`...)
}

func TestBothFormsSayTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	kinds := map[command.Kind]int{}
	for range 5_000 {
		c := commandtest.Any(random)
		kinds[c.Kind]++
		text, data := command.AppendJSON(nil, &c), command.AppendBinary(nil, &c)
		fromText, err := command.DecodeCall(nil, call(text))
		if err != nil || !reflect.DeepEqual(fromText[0], c) {
			t.Fatalf("%s comes back as %+v: %v", text, fromText, err)
		}
		var full, journalled command.Command
		if err := command.DecodeBinary(&full, data); err != nil || !reflect.DeepEqual(full, c) {
			t.Fatalf("%s in binary comes back as %+v: %v", text, full, err)
		}
		if err := command.DecodeJournalled(&journalled, data); err != nil || !reflect.DeepEqual(journalled, c) {
			t.Fatalf("%s from the journal comes back as %+v: %v", text, journalled, err)
		}
	}
	if len(kinds) != int(command.EndSession) {
		t.Fatalf("only %v were tried", kinds)
	}
}

func TestOwnKindsAreForTheJournalOnly(t *testing.T) {
	for _, c := range []command.Command{
		{Kind: command.Tick},
		{Kind: command.SetLimits, Limits: book.Limits{OpenOrders: 1, OpenOrdersPerAccount: 2, LevelsPerSide: 3, Symbols: 4, TradesPerOrder: 5}},
	} {
		text, data := command.AppendJSON(nil, &c), command.AppendBinary(nil, &c)
		again, err := command.Decode(text)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%s comes back as %+v: %v", text, again, err)
		}
		if err := command.DecodeJournalled(&again, data); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%s from the journal comes back as %+v: %v", text, again, err)
		}
		if _, err := command.DecodeCall(nil, call(text)); err == nil {
			t.Errorf("a call may hold %s", text)
		}
		if _, err := command.DecodeBinaryCall(nil, command.AppendBinaryCall(nil, &c)); err == nil {
			t.Errorf("a binary call may hold %s", text)
		}
	}
}

// faults break a valid command in one way each; a fault that does not apply to a command leaves it alone.
var faults = map[string]func(c *command.Command){
	"no id":           func(c *command.Command) { c.ID = book.ID{} },
	"no order id":     func(c *command.Command) { c.Order.ID = book.ID{} },
	"no account":      func(c *command.Command) { c.Order.Account = book.ID{} },
	"no expiry":       func(c *command.Command) { c.ExpiresAtNS = 0 },
	"negative expiry": func(c *command.Command) { c.ExpiresAtNS = -1 },
	"no quantity":     func(c *command.Command) { c.Order.QuantityLots = 0 },
	"too much":        func(c *command.Command) { c.Order.QuantityLots = command.MaxNumber + 1 },
	"negative price":  func(c *command.Command) { c.Order.LimitPriceTicks = -5 },
	"least integer":   func(c *command.Command) { c.Order.LimitPriceTicks = math.MinInt64 + 1 },
	"stop price":      func(c *command.Command) { c.Order.StopPriceTicks = 7 },
	"trail":           func(c *command.Command) { c.Order.TrailTicks = 7 },
	"trail of points": func(c *command.Command) { c.Order.TrailBasisPoints = 7 },
	"long terms": func(c *command.Command) {
		c.Terms = []byte(`{"x":"` + strings.Repeat("y", command.MaxTermsBytes) + `"}`)
	},
	"too many points": func(c *command.Command) { c.Order.TrailBasisPoints = command.MaxTrailBasisPoints + 1 },
	"display":         func(c *command.Command) { c.Order.DisplayLots = c.Order.QuantityLots + 1 },
	"small display": func(c *command.Command) {
		if c.Order.DisplayLots > 0 {
			c.Order.QuantityLots = min(command.MaxNumber, book.MaxShowings*c.Order.DisplayLots+1)
		}
	},
	"negative display":  func(c *command.Command) { c.Order.DisplayLots = -1 },
	"minimum":           func(c *command.Command) { c.Order.MinimumLots = c.Order.QuantityLots + 1 },
	"post-only":         func(c *command.Command) { c.Order.PostOnly, c.Order.MinimumLots = 1, 1 },
	"expiry":            func(c *command.Command) { c.Order.ExpireAtNS = 7 },
	"gtd":               func(c *command.Command) { c.Order.TimeInForce = book.GoodTillDate },
	"fok":               func(c *command.Command) { c.Order.TimeInForce = book.FillOrKill },
	"stop":              func(c *command.Command) { c.Order.Type = book.Stop },
	"pair's type":       func(c *command.Command) { c.Stop.Type, c.Stop.StopPriceTicks = book.Limit, 0 },
	"pair's account":    func(c *command.Command) { c.Stop.Account = commandtest.ID('b', 1) },
	"pair's side":       func(c *command.Command) { c.Stop.Side = c.Stop.Side.Opposite() },
	"pair's quantity":   func(c *command.Command) { c.Stop.QuantityLots++ },
	"pair's expiry":     func(c *command.Command) { c.Stop.ExpireAtNS++ },
	"pair's id":         func(c *command.Command) { c.Stop.ID = c.Order.ID },
	"pair's display":    func(c *command.Command) { c.Stop.DisplayLots = 1 },
	"no new id":         func(c *command.Command) { c.NewOrderID = book.ID{} },
	"small symbol":      func(c *command.Command) { c.Symbol = []byte("btc") },
	"long symbol":       func(c *command.Command) { c.Symbol = []byte(strings.Repeat("A", 33)) },
	"empty client id":   func(c *command.Command) { c.ClientOrderID = nil },
	"long client id":    func(c *command.Command) { c.ClientOrderID = []byte(strings.Repeat("ü", 129)) },
	"control character": func(c *command.Command) { c.ClientOrderID = []byte("a\x7f") },
	"terms' NUL":        func(c *command.Command) { c.Terms = []byte(`{"a":"\u0000"}`) },
	"terms' surrogate":  func(c *command.Command) { c.Terms = []byte(`{"a":"\ud800"}`) },
	"terms' fraction":   func(c *command.Command) { c.Terms = []byte(`{"a":0.5}`) },
	"terms' number":     func(c *command.Command) { c.Terms = []byte(`{"a":9223372036854775808}`) },
	"terms' depth": func(c *command.Command) {
		c.Terms = []byte(`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`)
	},
	"terms' kind":   func(c *command.Command) { c.Terms = []byte(`[]`) },
	"session":       func(c *command.Command) { c.Session = []byte("2026-02-30") },
	"session's end": func(c *command.Command) { c.EndsAtNS = 0 },
}

// TestBothFormsRefuseTheSame: with the same sentence about the same part.
func TestBothFormsRefuseTheSame(t *testing.T) {
	for name, fault := range faults {
		random := rand.New(rand.NewPCG(1, 1))
		refused := 0
		for range 150 {
			c := commandtest.Any(random)
			fault(&c)
			_, textError := command.DecodeCall(nil, call(command.AppendJSON(nil, &c)))
			_, dataError := command.DecodeBinaryCall(nil, command.AppendBinaryCall(nil, &c))
			if (textError == nil) != (dataError == nil) || textError != nil && textError.Error() != dataError.Error() {
				t.Fatalf("%s, %s: JSON says %v, binary %v", name, command.AppendJSON(nil, &c), textError, dataError)
			}
			if textError != nil {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("%s was never refused", name)
		}
	}
}

func TestBinaryIsBounded(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for range 300 {
		c := commandtest.Any(random)
		data := command.AppendBinary(nil, &c)
		var again command.Command
		for end := range data {
			if command.DecodeBinary(&again, data[:end]) == nil {
				t.Fatalf("%s is taken when cut to %d bytes", command.AppendJSON(nil, &c), end)
			}
		}
		if command.DecodeBinary(&again, append(data, 0)) == nil {
			t.Fatalf("%s is taken with a byte behind it", command.AppendJSON(nil, &c))
		}
	}
	one := command.Command{ID: commandtest.ID('c', 1), Kind: command.ListSymbol, Symbol: []byte("X")}
	var body []byte
	for range command.MaxCommandsPerCall {
		body = command.AppendBinaryCall(body, &one)
	}
	if commands, err := command.DecodeBinaryCall(nil, body); err != nil || len(commands) != command.MaxCommandsPerCall {
		t.Fatalf("%d commands: %v", len(commands), err)
	}
	for why, body := range map[string][]byte{
		"too many": command.AppendBinaryCall(body, &one), "none": nil, "no length": {1, 0, 0}, "a length past the end": {9, 0, 0, 0, 1},
		"the longest length": {255, 255, 255, 255, 1}, "an empty command": {0, 0, 0, 0},
	} {
		var invalid *command.InvalidError
		if _, err := command.DecodeBinaryCall(nil, body); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// What JSON Schema cannot say.
func TestBodiesBeyondTheSchemaAreRefused(t *testing.T) {
	one := `{"command_id":"c0000000-0000-4000-8000-000000000001","kind":"list_symbol","symbol":"X"}`
	place := `{"command_id":"c0000000-0000-4000-8000-000000000001","kind":"place","expires_at_ns":5,"order":{` +
		`"order_id":"d0000000-0000-4000-8000-000000000001","account_id":"a0000000-0000-4000-8000-000000000001",` +
		`"client_order_id":"client","symbol":"X","side":"buy","order_type":"limit","time_in_force":"gtc",` +
		`"limit_price_ticks":3,"quantity_lots":5,"terms":{"x":1}}}`
	if _, err := command.DecodeCall(nil, call([]byte(one), []byte(place))); err != nil {
		t.Fatal(err)
	}
	in := func(old, with string) string {
		return strings.Replace(string(call([]byte(one), []byte(place))), old, with, 1)
	}
	for why, body := range map[string]string{
		"not JSON":              `{"commands":[`,
		"nothing":               ``,
		"an array":              `[]`,
		"two documents":         string(call([]byte(one))) + `{}`,
		"commands twice":        `{"commands":[` + one + `],"commands":[` + one + `]}`,
		"a comma too many":      `{"commands":[` + one + `,]}`,
		"a member twice":        in(`"symbol":"X"`, `"symbol":"X","symbol":"Y"`),
		"a member of the order": in(`"symbol":"X"`, `"symbol":"X","side":"buy"`),
		"not UTF-8":             in(`"X"`, "\"X\xff\""),
		"too many commands":     `{"commands":[` + strings.Repeat(one+",", command.MaxCommandsPerCall) + one + `]}`,
		"the nil UUID":          in("c0000000-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000"),
		"an exponent":           in(`"quantity_lots":5`, `"quantity_lots":5e0`),
		"a fraction":            in(`"quantity_lots":5`, `"quantity_lots":5.0`),
		"a leading zero":        in(`"quantity_lots":5`, `"quantity_lots":05`),
		"a NUL in the terms":    in(`"terms":{`, `"terms":{"y":"\u0000",`),
		"a float in the terms":  in(`"x":1`, `"x":1.5`),
		"an infinite number":    in(`"x":1`, `"x":1e400`),
		"half a pair":           in(`"x":1`, `"x":"\ud83d"`),
		"long terms":            in(`"x":1`, `"x":"`+strings.Repeat("y", command.MaxTermsBytes)+`"`),
		"a control character":   in(`"client"`, `"client\u0007"`),
		"a name within quotes":  in(`"kind":`, `"kind ":`),
		"display above size":    in(`"terms"`, `"display_lots":6,"terms"`),
		"too small a display":   in(`"quantity_lots":5`, `"quantity_lots":1001,"display_lots":1`),
		"minimum above size":    in(`"terms"`, `"minimum_lots":6,"terms"`),
	} {
		_, err := command.DecodeCall(nil, []byte(body))
		var invalid *command.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestARefusalSaysWhereAndWhy(t *testing.T) {
	one := `{"command_id":"c0000000-0000-4000-8000-000000000001","kind":"list_symbol","symbol":"X"}`
	for body, sentence := range map[string]string{
		`{"commands":[` + one + `,{"kind":"cancel"}]}`:                 `commands[1] must have the member "command_id"`,
		`{"commands":[` + strings.Replace(one, "X", "x", 1) + `]}`:     `commands[0].symbol must be 1 to 32 capital letters, digits and . / _ -`,
		`{"commands":[` + strings.Replace(one, `"X"`, "7", 1) + `]}`:   `commands[0].symbol must be a string`,
		`{"commands":[{"kind":"tick"}]}`:                               `commands[0].kind must be one of place, place_pair, cancel, replace, cancel_all, list_symbol, halt_symbol, resume_symbol, end_session`,
		`{"commands":[{"kind":"place","order":{"order_type":"gtc"}}]}`: `commands[0].order.order_type must be one of limit, market, stop, stop_limit, trailing_stop`,
		`{"commands":7}`:   `commands must be an array`,
		`{"commands":[7]}`: `commands[0] must be an object`,
		`{"commands":[]}`:  `commands must not be empty`,
		`{"mode":1}`:       `the body has the unknown member "mode"`,
		`{}`:               `the body must have the member "commands"`,
		`{"commands":[{"kind":"cancel","symbol":`: `the body is not valid JSON in UTF-8`,
	} {
		if _, err := command.DecodeCall(nil, []byte(body)); err == nil || err.Error() != sentence {
			t.Errorf("%s: %v, want %s", body, err, sentence)
		}
	}
}

func TestTermsComeBackWithoutSpace(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	c := commandtest.Any(random)
	for c.Kind != command.Place {
		c = commandtest.Any(random)
	}
	c.Terms = []byte(" { \"a b\" :\t[ 1 ,\n{ \"c\\\" d\" : null } ] , \"e\":{ } }")
	decoded, err := command.Decode(command.AppendJSON(nil, &c))
	if err != nil || string(decoded.Terms) != `{"a b":[1,{"c\" d":null}],"e":{}}` {
		t.Fatalf("%s: %v", decoded.Terms, err)
	}
	if err := command.DecodeBinary(&decoded, command.AppendBinary(nil, &c)); err == nil {
		t.Fatal("terms with space are taken in binary, so that a command has two forms")
	}
}

func TestNeitherBinaryDirectionAllocates(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	commands := make([]command.Command, 64)
	for i := range commands {
		commands[i] = commandtest.Any(random)
	}
	var data []byte
	var again command.Command
	round := func() {
		for i := range commands {
			data = command.AppendBinary(data[:0], &commands[i])
			if err := command.DecodeJournalled(&again, data); err != nil {
				t.Fatal(err)
			}
		}
	}
	round()
	if allocations := testing.AllocsPerRun(10, round); allocations != 0 {
		t.Fatalf("%v allocations for %d commands", allocations, len(commands))
	}
}

func goldenCommands(t testing.TB) [][]byte {
	t.Helper()
	content, err := os.ReadFile("../../../../contracts/engine/golden/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Commands []struct{ Command json.RawMessage }
	}
	if err := json.Unmarshal(content, &file); err != nil || len(file.Commands) == 0 {
		t.Fatalf("%d commands: %v", len(file.Commands), err)
	}
	var commands [][]byte
	for _, one := range file.Commands {
		commands = append(commands, one.Command)
	}
	return commands
}

// FuzzDecodeCall: whatever is taken says the same in binary, and there is one JSON form of it.
func FuzzDecodeCall(f *testing.F) {
	for _, one := range goldenCommands(f) {
		f.Add(call(one))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		commands, err := command.DecodeCall(nil, body)
		var invalid *command.InvalidError
		if err != nil && (!errors.As(err, &invalid) || invalid.Reason == "") {
			t.Fatalf("%v", err)
		}
		if err == nil && !json.Valid(body) {
			t.Fatalf("%q is no JSON", body)
		}
		for i := range commands {
			var again command.Command
			if err := command.DecodeBinary(&again, command.AppendBinary(nil, &commands[i])); err != nil {
				t.Fatalf("%s is refused in binary: %v", body, err)
			}
			text := command.AppendJSON(nil, &again)
			fromText, err := command.Decode(text)
			if err != nil || !reflect.DeepEqual(fromText, again) || !reflect.DeepEqual(again, commands[i]) {
				t.Fatalf("%s becomes %s: %v", body, text, err)
			}
		}
	})
}

// FuzzDecodeBinary: whatever is taken has this binary form and no other, and JSON takes it too.
func FuzzDecodeBinary(f *testing.F) {
	for _, one := range goldenCommands(f) {
		c, err := command.Decode(one)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(command.AppendBinary(nil, &c))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var c, again command.Command
		if command.DecodeJournalled(&c, data) == nil {
			if again := command.AppendBinary(nil, &c); string(again) != string(data) {
				t.Fatalf("%x from the journal becomes %x", data, again)
			}
		}
		if command.DecodeBinary(&c, data) != nil {
			return
		}
		text := command.AppendJSON(nil, &c)
		again, err := command.Decode(text)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%x becomes %s: %v", data, text, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	var texts, datas [][]byte
	for len(texts) < 1000 {
		if c := commandtest.Any(random); c.Kind == command.Place {
			texts, datas = append(texts, call(command.AppendJSON(nil, &c))), append(datas, command.AppendBinary(nil, &c))
		}
	}
	var c command.Command
	var commands []command.Command
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			commands, _ = command.DecodeCall(commands[:0], texts[i%len(texts)])
		}
	})
	b.Run("binary", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			_ = command.DecodeBinary(&c, datas[i%len(datas)])
		}
	})
	b.Run("journal", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			_ = command.DecodeJournalled(&c, datas[i%len(datas)])
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		_ = command.DecodeBinary(&c, datas[0])
		for range b.N {
			datas[0] = command.AppendBinary(datas[0][:0], &c)
		}
	})
}
