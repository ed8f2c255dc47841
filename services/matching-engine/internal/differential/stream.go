package differential

import (
	"fmt"
	"strings"
)

// The tables of the streams' specification. A letter or an entry is chosen as often as it stands there.
const (
	startNS  = int64(1_790_000_000_000_000_000)
	stepNS   = int64(1_000)
	secondNS = int64(1_000_000_000)
	minuteNS = 60 * secondNS
	hourNS   = 60 * minuteNS
	highest  = int64(1_000_000_000_000_000)
	recent   = 12
	symbols  = "AAAAAAAAAABBBBBC"
	features = "-----------ddddmbpq" // none, display, minimum, both, post-only: reject, reprice
	trace    = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
)

var (
	kinds = strings.Repeat("p", 110) + strings.Repeat("r", 40) + strings.Repeat("o", 14) + strings.Repeat("c", 12) +
		strings.Repeat("u", 10) + strings.Repeat("i", 8) + "t" + "aahels"
	jumpsNS = []int64{secondNS, 10 * secondNS, 30 * secondNS, minuteNS}
	bases   = []base{
		{100, 1, 1}, {3, 1, 1}, {5_000, 1, 1}, {highest - 4, 1, 1}, {1_000_000_000_000, 77_777_777_777, 1}, {100, 1, 70_000_000_000_000},
	}
	limits = [][6]int64{
		{1_000, 1_000, 1_000, 3, 1_000, 1_000},
		{1_000, 1_000, 12, 3, 20, 4},
		{60, 20, 6, 3, 3, 1_000},
		{12, 30, 3, 2, 2, 2},
		{1_000, 12, 1_000, 3, 1, 1_000},
	}
	sides = []string{"buy", "sell"}
	types = choices("limit", 18, "market", 2, "stop", 3, "stop_limit", 3, "trailing_stop", 2)
	stops = []string{"stop", "stop_limit", "trailing_stop"}

	timesInForce = map[string][]string{
		"limit":         choices("gtc", 5, "day", 3, "gtd", 1, "ioc", 1, "fok", 1),
		"market":        {"ioc", "day", "fok", "gtc"},
		"stop":          {"gtc", "day", "gtd"},
		"stop_limit":    {"gtc", "day", "gtd"},
		"trailing_stop": {"gtc", "day", "gtd"},
	}
	trailBasisPoints = []int64{100, 1, 500, 2_500, 9_999}
	livesNS          = []int64{
		100 * secondNS, 20 * secondNS, 5 * secondNS, 300 * stepNS, 9 * stepNS, 9*stepNS + 1, 1, 0,
	}
	selfTrade = choices("", 2, "none", 1, "cancel_newest", 1, "cancel_oldest", 1, "cancel_both", 1, "decrement", 2)
	changes   = []string{"q", "l", "ql", "s", "sl", "t", "b", "x", "n", "qs", "q", "l", "qlnx", "qt"}
)

// choices repeats each text as often as the number behind it says.
func choices(pairs ...any) []string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		for range pairs[i+1].(int) {
			all = append(all, pairs[i].(string))
		}
	}
	return all
}

// base says around which price a stream's prices lie, how far apart, and how many lots its quantities are multiples of.
type base struct{ ticks, apart, unit int64 }

// Step is one command of a stream, in its strict JSON form, and its stamp.
type Step struct {
	StampNS int64
	Command string
}

// Stream reads commands out of bytes. Any bytes are a stream, and it holds no command that would be malformed.
type Stream struct {
	content   []byte
	at        int
	stampNS   int64
	base      base
	sent      []sentCommand
	orderIDs  int64
	orders    []sentOrder // those that may stay open
	beginning []func() sentCommand
}

type sentCommand struct {
	kind      string
	id        string // empty: the engine's own
	expiresNS int64  // 0: none
	traced    bool
	members   string // what only its kind has: JSON members, each behind a comma
	stampNS   int64
}

// sentOrder is an order that was sent, by the number of the id by which it goes now.
type sentOrder struct {
	number        int64
	account, side string
}

// NewStream begins a stream.
func NewStream(content []byte) *Stream {
	s := &Stream{content: content, stampNS: startNS}
	s.base = bases[s.pick(len(bases))]
	s.beginning = []func() sentCommand{
		s.setLimits,
		func() sentCommand { return s.command("list_symbol", 0, text("symbol", "A")) },
		func() sentCommand { return s.command("list_symbol", 0, text("symbol", "B")) },
	}
	return s
}

// Next is the next command. False: the stream has ended.
func (s *Stream) Next() (Step, bool) {
	if len(s.beginning) > 0 {
		begin := s.beginning[0]
		s.beginning = s.beginning[1:]
		return s.send(begin()), true
	}
	if s.at >= len(s.content) {
		return Step{}, false
	}
	kind := kinds[s.pick(len(kinds))]
	if pace := s.pick(128); pace < 124 {
		s.stampNS += stepNS * int64(pace)
	} else {
		s.stampNS += jumpsNS[pace-124]
	}
	return s.send(s.choose(kind)), true
}

func (s *Stream) send(c sentCommand) Step {
	c.stampNS = s.stampNS
	s.sent = append(s.sent, c)
	s.stampNS += stepNS
	return Step{StampNS: c.stampNS, Command: c.json()}
}

func (c *sentCommand) json() string {
	members := text("kind", c.kind)
	if c.id != "" {
		members = text("command_id", c.id) + members
	}
	if c.expiresNS != 0 {
		members += integer("expires_at_ns", c.expiresNS)
	}
	if c.traced {
		members += text("trace", trace)
	}
	return "{" + (members + c.members)[1:] + "}"
}

// pick is the next byte's choice; past the end, the first.
func (s *Stream) pick(choices int) int {
	choice := 0
	if s.at < len(s.content) {
		choice = int(s.content[s.at]) % choices
	}
	s.at++
	return choice
}

func pickOf[T any](s *Stream, from []T) T { return from[s.pick(len(from))] }

func (s *Stream) symbol() string { return symbols[s.pick(len(symbols)):][:1] }

// price is one around the base: the sides overlap by a half, so that books have depth.
func (s *Stream) price(side string) int64 {
	steps := int64(s.pick(12)) - 4
	if side == "buy" {
		steps -= 3
	}
	return min(max(s.base.ticks+steps*s.base.apart, 1), highest)
}

func (s *Stream) lots(units int64) int64 { return min(units*s.base.unit, highest) }

func (s *Stream) trailTicks() int64 { return (1 + int64(s.pick(6))) * s.base.apart }

func (s *Stream) account() string { return uuid("a", 1+int64(s.pick(4))) }

func (s *Stream) expiry() int64 {
	switch s.pick(96) {
	case 0:
		return s.stampNS - 1
	case 1:
		return s.stampNS + hourNS + 1
	case 2:
		return s.stampNS + hourNS
	case 3:
		return s.stampNS
	}
	return s.stampNS + 5*secondNS
}

// recent is where in orders one of the last ones stands; -1: there are none so far back.
func (s *Stream) recent() int {
	return max(len(s.orders)-1-s.pick(recent), -1)
}

func (s *Stream) sentOrder(at int) sentOrder {
	if at < 0 {
		return sentOrder{0, uuid("a", 1), "buy"}
	}
	return s.orders[at]
}

// orderID is the number of a new order id, or now and then of one that an order had or has.
func (s *Stream) orderID() int64 {
	if s.pick(12) == 0 {
		return s.sentOrder(s.recent()).number
	}
	s.orderIDs++
	return s.orderIDs
}

// number is that of the command that is being made.
func (s *Stream) number() int64 { return int64(len(s.sent)) + 1 }

func uuid(letter string, number int64) string {
	return fmt.Sprintf("%s0000000-0000-4000-8000-%012x", letter, number)
}

func text(name, value string) string { return fmt.Sprintf(`,"%s":"%s"`, name, value) }

func integer(name string, value int64) string { return fmt.Sprintf(`,"%s":%d`, name, value) }
