package book

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func id(n uint64) ID {
	var made ID
	binary.BigEndian.PutUint64(made[8:], n)
	return made
}

func limit(n uint64, side Side, price, lots int64, tif TimeInForce) *Order {
	return &Order{ID: id(n), Side: side, Type: Limit, TimeInForce: tif, LimitPriceTicks: price, RemainingLots: lots}
}

func TestOlderOrderAtOnePriceTradesFirstAndPrintsAtItsPrice(t *testing.T) {
	b := New("X")
	first, second, better := limit(1, Sell, 10, 5, Day), limit(2, Sell, 10, 5, Day), limit(3, Sell, 9, 5, Day)
	for _, o := range []*Order{first, second, better} {
		if _, r := b.Place(o, nil); r != Rests {
			t.Fatalf("order %v should rest", o.ID)
		}
	}
	fills, remainder := b.Place(limit(4, Buy, 12, 12, Day), nil)
	want := []Fill{{better, 9, 5, 0, 7}, {first, 10, 5, 0, 2}, {second, 10, 2, 3, 0}}
	if !slices.Equal(fills, want) || remainder != NothingRemains {
		t.Fatalf("fills %+v, remainder %d", fills, remainder)
	}
}

func TestCancelFromTheMiddleKeepsTheQueueOfTheOthers(t *testing.T) {
	b := New("X")
	orders := []*Order{limit(1, Buy, 10, 1, Day), limit(2, Buy, 10, 1, Day), limit(3, Buy, 10, 1, Day)}
	for _, o := range orders {
		b.Place(o, nil)
	}
	b.Cancel(orders[1])
	fills, _ := b.Place(limit(4, Sell, 1, 3, ImmediateOrCancel), nil)
	if len(fills) != 2 || fills[0].Maker != orders[0] || fills[1].Maker != orders[2] {
		t.Fatalf("fills %+v", fills)
	}
}

func TestSumOfALevelBeyond64BitsIsClampedAndStillFillable(t *testing.T) {
	const most = int64(1_000_000_000_000_000)
	b := New("X")
	for n := range uint64(20000) {
		b.Place(limit(n+1, Sell, 1, most, GoodTillCancelled), nil)
	}
	if got := b.Depth(Sell, 1)[0]; got.QuantityLots != math.MaxInt64 || got.Orders != 20000 {
		t.Fatalf("level %+v", got)
	}
	fills, remainder := b.Place(limit(30000, Buy, 1, most, FillOrKill), nil)
	if len(fills) != 1 || remainder != NothingRemains {
		t.Fatalf("%d fills, remainder %d", len(fills), remainder)
	}
	for _, o := range slices.Collect(resting(b)) {
		b.Cancel(o)
	}
	if len(b.Depth(Sell, 1)) != 0 {
		t.Fatal("the book should be empty")
	}
}

func resting(b *Book) func(func(*Order) bool) {
	return func(yield func(*Order) bool) {
		for _, h := range []*half{&b.bids, &b.asks} {
			for _, l := range h.levels {
				for o := l.first; o != nil; o = o.next {
					if !yield(o) {
						return
					}
				}
			}
		}
	}
}

// plain is matching written to be obviously right: a list in arrival order, searched from its beginning.
type plain struct{ orders []*plainOrder }

type plainOrder struct {
	id          ID
	side        Side
	price, lots int64
	day         bool
	accepted    int64
}

type plainFill struct {
	maker                        ID
	price, lots, makerLeft, left int64
}

func (p *plain) best(taker *plainOrder) *plainOrder {
	var best *plainOrder
	for _, o := range p.orders {
		switch {
		case o.side == taker.side, o.lots == 0:
		case taker.side == Buy && (o.price > taker.price || best != nil && o.price >= best.price):
		case taker.side == Sell && (o.price < taker.price || best != nil && o.price <= best.price):
		default:
			best = o
		}
	}
	return best
}

func (p *plain) available(taker *plainOrder) (sum int64) {
	for _, o := range p.orders {
		if o.side != taker.side && (taker.side == Buy && o.price <= taker.price || taker.side == Sell && o.price >= taker.price) {
			sum += o.lots
		}
	}
	return sum
}

func (p *plain) place(o *plainOrder, kind OrderType, tif TimeInForce) (fills []plainFill, r Remainder) {
	if tif == FillOrKill && p.available(o) < o.lots {
		return nil, CancelledFillOrKill
	}
	for o.lots > 0 {
		maker := p.best(o)
		if maker == nil {
			break
		}
		quantity := min(o.lots, maker.lots)
		o.lots -= quantity
		maker.lots -= quantity
		fills = append(fills, plainFill{maker.id, maker.price, quantity, maker.lots, o.lots})
	}
	p.orders = slices.DeleteFunc(p.orders, func(o *plainOrder) bool { return o.lots == 0 })
	switch {
	case o.lots == 0:
		return fills, NothingRemains
	case kind == Market:
		return fills, CancelledCollar
	case tif == ImmediateOrCancel:
		return fills, CancelledImmediateOrCancel
	}
	p.orders = append(p.orders, o)
	return fills, Rests
}

// TestMatchesAsThePlainEngineDoes drives both with the same random orders and cancels.
func TestMatchesAsThePlainEngineDoes(t *testing.T) {
	for seed := range uint64(60) {
		compare(t, rand.New(rand.NewPCG(seed, 1)))
	}
}

func compare(t *testing.T, random *rand.Rand) {
	b, p := New("X"), &plain{}
	open := map[ID]*Order{}
	placed, traded, cancelled := int64(0), int64(0), int64(0)
	for n := range uint64(600) {
		if len(p.orders) > 0 && random.IntN(4) == 0 {
			at := random.IntN(len(p.orders))
			gone := open[p.orders[at].id]
			if gone.RemainingLots != p.orders[at].lots {
				t.Fatalf("order %s has %d lots left, want %d", gone.ID, gone.RemainingLots, p.orders[at].lots)
			}
			cancelled += gone.RemainingLots
			b.Cancel(gone)
			delete(open, gone.ID)
			p.orders = slices.Delete(p.orders, at, at+1)
			continue
		}
		o := limit(n+1, Side(1+random.IntN(2)), 1+random.Int64N(20), 1+random.Int64N(50), TimeInForce(1+random.IntN(4)))
		o.Type, o.AcceptedAtNS = OrderType(1+random.IntN(2)), int64(n)
		placed += o.RemainingLots
		model := &plainOrder{o.ID, o.Side, o.LimitPriceTicks, o.RemainingLots, o.TimeInForce == Day, o.AcceptedAtNS}
		fills, remainder := b.Place(o, nil)
		wantFills, wantRemainder := p.place(model, o.Type, o.TimeInForce)
		got := make([]plainFill, 0, len(fills))
		for _, f := range fills {
			got = append(got, plainFill{f.Maker.ID, f.PriceTicks, f.QuantityLots, f.MakerRemainingLots, f.TakerRemainingLots})
			traded += f.QuantityLots
			if f.MakerRemainingLots == 0 {
				delete(open, f.Maker.ID)
			}
		}
		if remainder != wantRemainder || !slices.Equal(got, wantFills) && len(got)+len(wantFills) > 0 {
			t.Fatalf("order %d: fills %v and %d, want %v and %d", n, got, remainder, wantFills, wantRemainder)
		}
		switch remainder {
		case Rests:
			open[o.ID] = o
		case NothingRemains:
		default:
			cancelled += o.RemainingLots
		}
		checkBook(t, b, p)
		checkDayOrders(t, b, p, random.Int64N(601))
	}
	left := int64(0)
	for o := range resting(b) {
		left += o.RemainingLots
	}
	if placed != 2*traded+cancelled+left {
		t.Fatalf("placed %d lots, but 2 x %d traded + %d cancelled + %d resting", placed, traded, cancelled, left)
	}
}

// checkBook compares what rests, and that no level is empty, out of order, crossed or wrongly summed.
func checkBook(t *testing.T, b *Book, p *plain) {
	t.Helper()
	for _, h := range []*half{&b.bids, &b.asks} {
		for i, l := range h.levels {
			sum, orders := int64(0), 0
			for o := l.first; o != nil; o = o.next {
				sum, orders = sum+o.RemainingLots, orders+1
			}
			if orders == 0 || orders != l.orders || sum != l.lots.clamped() || i > 0 && h.levels[i-1].rank >= l.rank {
				t.Fatalf("level %d of side %d is wrong: %+v", i, h.side, l)
			}
		}
	}
	if bid, ask := b.bids.best(), b.asks.best(); bid != nil && ask != nil && bid.priceTicks >= ask.priceTicks {
		t.Fatalf("crossed: bid %d, ask %d", bid.priceTicks, ask.priceTicks)
	}
	if got := len(slices.Collect(resting(b))); got != len(p.orders) {
		t.Fatalf("%d orders rest, want %d", got, len(p.orders))
	}
}

func checkDayOrders(t *testing.T, b *Book, p *plain, before int64) {
	t.Helper()
	var got, want []ID
	for _, o := range b.DayOrders(nil, before) {
		got = append(got, o.ID)
	}
	for _, o := range p.orders {
		if o.day && o.accepted < before {
			want = append(want, o.id)
		}
	}
	byID := func(a, b ID) int { return bytes.Compare(a[:], b[:]) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	if !slices.Equal(got, want) {
		t.Fatalf("day orders accepted before %d: %v, want %v", before, got, want)
	}
}

func TestIDsAreReadOnlyInTheirLowerCaseForm(t *testing.T) {
	const text = "0af76519-16cd-43dd-8448-eb211c80319c"
	read, err := ParseID(text)
	if err != nil || read.String() != text {
		t.Fatalf("%s, %v", read, err)
	}
	for _, wrong := range []string{"", "0AF76519-16cd-43dd-8448-eb211c80319c", "0af7651916cd43dd8448eb211c80319c",
		"0af76519-16cd-43dd-8448-eb211c80319", "0af76519-16cd-43dd-8448-eb211c80319g", "{af76519-16cd-43dd-8448-eb211c80319c"} {
		if _, err := ParseID(wrong); err == nil {
			t.Errorf("%q was taken for an id", wrong)
		}
	}
}
