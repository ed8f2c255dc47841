package book

import "testing"

// P1, P2, P3
func TestBestPriceThenOldestTradesFirstAtTheMakersPrice(t *testing.T) {
	play(t,
		"a sell 5@101", "accepted a",
		"b sell 5@100", "accepted b",
		"c sell 5@100", "accepted c",
		"d sell 5@103", "accepted d",
		"x buy 16@102", "accepted x; 5@100 b:0 x:11; 5@100 c:0 x:6; 5@101 a:0 x:1",
		"y sell 1@90", "accepted y; 1@102 x:0 y:0",
		"e buy 1@98", "accepted e",
		"f buy 1@99", "accepted f",
		"z sell 2@98", "accepted z; 1@99 f:0 z:1; 1@98 e:0 z:0")
}

// P4, P5
func TestPartialFillKeepsThePlaceAndTheRemainderJoinsTheBack(t *testing.T) {
	play(t,
		"a sell 5@100", "accepted a",
		"b sell 5@100", "accepted b",
		"x buy 2@100", "accepted x; 2@100 a:3 x:0",
		"y buy 4@100", "accepted y; 3@100 a:0 y:1; 1@100 b:4 y:0",
		"c sell 3@100", "accepted c",
		"z buy 9@100", "accepted z; 4@100 b:0 z:5; 3@100 c:0 z:2",
		"d buy 1@100", "accepted d",
		"w sell 3@100", "accepted w; 2@100 z:0 w:1; 1@100 d:0 w:0")
}

// P6 is what Check looks at after every command of every test.

// P7
func TestOneLevelTooManyIsCancelled(t *testing.T) {
	play(t,
		"limits open=100 account=100 levels=2 symbols=2 trails=1", "",
		"a buy 5@100", "accepted a",
		"b buy 5@99", "accepted b",
		"c buy 5@98", "accepted c; cancelled c 5 too_many_levels",
		"d buy 5@99", "accepted d",
		"e sell 1@101", "accepted e",
		"pair l s buy 5@97 stop=105 collar=110", "accepted l; accepted s; cancelled l 5 too_many_levels; cancelled s 5 oco",
		"f buy 3@101", "accepted f; 1@101 e:0 f:2; cancelled f 2 too_many_levels",
		"replace a g price=90", "replaced a g 5@90 left 5 loses place")
}

// O2, T5
func TestMarketOrderNeverRests(t *testing.T) {
	play(t,
		"a sell 5@100", "accepted a",
		"b sell 5@110", "accepted b",
		"x buy 8@105 market", "accepted x; 5@100 a:0 x:3; cancelled x 3 collar",
		"y buy 8@105 market ioc", "accepted y; cancelled y 8 collar",
		"z buy 8@110 market fok", "accepted z; cancelled z 8 fill_or_kill",
		"w buy 5@110 market fok", "accepted w; 5@110 b:0 w:0")
}

// O1, T2, T4
func TestImmediateOrCancelKeepsNothing(t *testing.T) {
	play(t,
		"a sell 5@100", "accepted a",
		"x buy 8@100 ioc", "accepted x; 5@100 a:0 x:3; cancelled x 3 immediate_or_cancel",
		"y buy 8@100 ioc", "accepted y; cancelled y 8 immediate_or_cancel",
		"z sell 1@1 fok", "accepted z; cancelled z 1 fill_or_kill")
}

// T5
func TestFillOrKillCountsWhatTheMatchWouldTrade(t *testing.T) {
	for _, c := range []struct{ name, first, taker, want string }{
		{"one lot short", "a sell 9@100", "x buy 10@100 fok", "accepted x; cancelled x 10 fill_or_kill"},
		{"beyond the limit", "a sell 10@101", "x buy 10@100 fok", "accepted x; cancelled x 10 fill_or_kill"},
		{"reserves count", "a sell 10@100 show=4", "x buy 10@100 fok",
			"accepted x; 4@100 a:6 x:6; 4@100 a:2 x:2; 2@100 a:0 x:0"},
		{"own orders trade by default", "a sell 10@100", "x buy 10@100 fok", "accepted x; 10@100 a:0 x:0"},
		{"own maker ends the count", "a sell 10@100", "x buy 10@100 fok newest", "accepted x; cancelled x 10 fill_or_kill"},
		{"both ends it, too", "a sell 10@100", "x buy 10@100 fok both", "accepted x; cancelled x 10 fill_or_kill"},
		{"oldest passes over it", "a sell 10@100", "x buy 10@100 fok oldest", "accepted x; cancelled x 10 fill_or_kill"},
		{"decrement uses lots up", "a sell 1@100", "x buy 10@101 fok decrement", "accepted x; cancelled x 10 fill_or_kill"},
	} {
		t.Run(c.name, func(t *testing.T) { play(t, c.first, "accepted a", c.taker, c.want) })
	}
}

// T5, S2: an iceberg's reserve stands behind the own maker in the order of the match.
func TestCountOfFillOrKillFollowsTheOrderOfTheMatch(t *testing.T) {
	play(t,
		"a sell 10@100 show=4 by=B", "accepted a",
		"b sell 5@100", "accepted b",
		"x buy 10@100 fok newest", "accepted x; cancelled x 10 fill_or_kill",
		"y buy 4@100 fok newest", "accepted y; 4@100 a:6 y:0",
		// Now the own maker is first; it is passed over, then all of the iceberg is there.
		"z buy 6@100 fok oldest", "accepted z; cancelled b 5 self_trade; 4@100 a:2 z:2; 2@100 a:0 z:0")
}

// O6
func TestIcebergShowsItsDisplayAndRefillsAtTheBack(t *testing.T) {
	books := play(t,
		"a sell 10@100 show=3", "accepted a",
		"b sell 5@100", "accepted b",
		"x buy 2@100", "accepted x; 2@100 a:8 x:0",
		"y buy 1@100", "accepted y; 1@100 a:7 y:0",
		"z buy 10@100", "accepted z; 5@100 b:0 z:5; 3@100 a:4 z:2; 2@100 a:2 z:0",
		"c sell 1@100", "accepted c",
		"w buy 4@100", "accepted w; 1@100 a:1 w:3; 1@100 c:0 w:2; 1@100 a:0 w:1")
	if open := books.Open(); open != 1 {
		t.Errorf("%d orders are open", open)
	}
}

// O6, O9
func TestIcebergTakesWithAllAndShowsWhatItMay(t *testing.T) {
	books := play(t,
		"a sell 4@100", "accepted a",
		"x buy 10@100 show=3", "accepted x; 4@100 a:0 x:6",
		"y buy 7@100 show=7", "accepted y")
	want := Level{PriceTicks: 100, QuantityLots: 10, Orders: 2}
	if bids := books.Depth(0, Buy, 5); len(bids) != 1 || bids[0] != want {
		t.Errorf("bids %+v, want %+v", bids, want)
	}
}

// O7
func TestPostOnlyNeverTrades(t *testing.T) {
	play(t,
		"a sell 5@100", "accepted a",
		"x buy 5@100 post", "rejected x would_trade",
		"y buy 5@99 post", "accepted y",
		"z buy 5@120 reprice", "accepted z; repriced z 99",
		"w sell 5@90 reprice", "accepted w; repriced w 100",
		"v sell 1@99", "accepted v; 1@99 y:4 v:0",
		"replace z u price=101", "replaced z u 5@101 left 5 loses place; repriced u 99",
		"replace y p price=100", "replace rejected y p would_trade",
		"replace y p lots=3", "replaced y p 3@99 left 2 keeps place",
		"q sell 1@1 of=Y", "accepted q",
		"r buy 1@5 reprice of=Y", "rejected r would_trade")
}

// O8
func TestMinimumQuantityTradesAtLeastSoMuchOrNothing(t *testing.T) {
	play(t,
		"a sell 4@100", "accepted a",
		"x buy 10@100 min=5", "accepted x; cancelled x 10 minimum_quantity",
		"y buy 10@100 min=4", "accepted y; 4@100 a:0 y:6",
		"z sell 1@100", "accepted z; 1@100 y:5 z:0",
		"w buy 3@90 min=3 ioc", "accepted w; cancelled w 3 minimum_quantity",
		"s buy 9@110 stoplimit=100 min=2", "accepted s; triggered s 100; cancelled s 9 minimum_quantity",
		"replace y v price=101", "replaced y v 10@101 left 5 loses place")
}

// T1, E1
func TestDayOrdersExpireWithTheirSession(t *testing.T) {
	play(t,
		"a buy 5@100 day", "accepted a",
		"b buy 5@100", "accepted b",
		"c sell 5@110 day", "accepted c",
		"d sell 5@120 day of=Y", "accepted d",
		"s sell 5@80 day stop=90", "accepted s",
		"z sell 5@110 day", "accepted z",
		"end 60", "expired a 5; expired c 5; expired s 5; expired d 5",
		"end 61", "expired z 5",
		"end 1000", "")
}

// E1, L4
func TestExpiryTakesThePartnerAlong(t *testing.T) {
	play(t,
		"pair l s sell 5@110 stop=90 collar=80 day", "accepted l; accepted s",
		"end 1000", "expired l 5; cancelled s 5 oco")
}

// C6: a replacement belongs to the session of the order that it replaces.
func TestReplacedOrderKeepsItsSession(t *testing.T) {
	play(t,
		"a buy 5@100 day", "accepted a",
		"replace a b price=101", "replaced a b 5@101 left 5 loses place",
		"end 11", "expired b 5")
}

// T3, E2
func TestGoodTillDateOrdersExpireEarliestFirst(t *testing.T) {
	books := play(t,
		"a buy 5@100 gtd=900", "accepted a",
		"b buy 5@101 gtd=800", "accepted b",
		"c sell 5@110 gtd=900", "accepted c",
		"d sell 5@110 gtd=50", "accepted d",
		"e sell 5@110 gtd=50", "rejected e already_expired",
		"pair l s buy 5@90 stop=200 collar=200 gtd=900", "accepted l; accepted s",
		"cancel d", "cancelled d 5 requested",
		"tick 799", "",
		"tick 800", "expired b 5",
		"replace a f price=99", "replaced a f 5@99 left 5 loses place",
		"tick 899", "",
		"tick 2000", "expired f 5; expired c 5; expired l 5; cancelled s 5 oco")
	if books.Open() != 0 {
		t.Error("orders are left")
	}
}

// H1, H2, H3
func TestHaltedSymbolTakesCancelsOnly(t *testing.T) {
	play(t,
		"a buy 5@100", "accepted a",
		"b buy 5@100 gtd=900", "accepted b",
		"resume X", "symbol rejected not_halted",
		"halt X", "X halted",
		"halt X", "symbol rejected already_halted",
		"halt Z", "symbol rejected unknown_symbol",
		"x sell 5@100", "rejected x symbol_halted",
		"pair l s sell 5@110 stop=90 collar=80", "rejected l symbol_halted; rejected s symbol_halted",
		"y sell 5@100 of=Y", "accepted y",
		"replace a c lots=4", "replace rejected a c symbol_halted",
		"cancel a", "cancelled a 5 requested",
		"tick 900", "expired b 5",
		"resume X", "X continuous",
		"x sell 5@100", "accepted x")
}

// D4, D6
func TestRejectionsComeInTheirOrder(t *testing.T) {
	play(t,
		"list X", "symbol rejected already_listed",
		"limits open=4 account=2 levels=9 symbols=2 trails=1", "",
		"list Z", "symbol rejected too_many_symbols",
		"a buy 5@100", "accepted a",
		"a buy 5@100 of=Z", "rejected a unknown_symbol",
		"halt Y", "Y halted",
		"a buy 5@100 of=Y", "rejected a duplicate_order_id",
		"b buy 5@100 used", "rejected b duplicate_order_id",
		"b buy 5@100 of=Y gtd=5", "rejected b symbol_halted",
		"c buy 5@100 by=B", "accepted c",
		"d buy 5@100", "accepted d",
		"e buy 5@100 gtd=5", "rejected e already_expired",
		"e buy 5@100", "rejected e too_many_open_orders_of_account",
		"pair l s buy 5@90 stop=200 collar=200 by=B", "rejected l too_many_open_orders; rejected s too_many_open_orders",
		"f buy 5@100 trail=3 by=B", "rejected f no_reference_price",
		"g buy 5@100 by=B", "accepted g",
		"h buy 5@100 by=C", "rejected h too_many_open_orders",
		"cancel g by=B", "cancelled g 5 requested",
		"k sell 15@100 ioc by=C", "accepted k; 5@100 a:0 k:10; 5@100 c:0 k:5; 5@100 d:0 k:0",
		"t buy 5@100 trail=3", "accepted t",
		"u buy 5@100 trail=3", "rejected u too_many_trailing_stops")
}

// P8
func TestTakerMakesSoManyTradesAndNoMore(t *testing.T) {
	play(t,
		"limits open=100 account=100 levels=9 symbols=2 trails=1 trades=2", "",
		"a sell 1@100", "accepted a",
		"b sell 9@101 show=1", "accepted b",
		"k buy 5@101", "accepted k; 1@100 a:0 k:4; 1@101 b:8 k:3; cancelled k 3 too_many_trades",
		"l buy 2@101", "accepted l; 1@101 b:7 l:1; 1@101 b:6 l:0",
		"c buy 2@99", "accepted c",
		"replace c d price=101 lots=3", "replaced c d 3@101 left 3 loses place; 1@101 b:5 d:2; 1@101 b:4 d:1; cancelled d 1 too_many_trades",
		"s buy 3@101 stop=101", "accepted s; triggered s 101; 1@101 b:3 s:2; 1@101 b:2 s:1; cancelled s 1 too_many_trades")
}

// P8, T5, O8: each maker of a level that is reached counts once, an iceberg as often as it would be shown.
func TestCountOfFillOrKillKnowsTheLimitOfTrades(t *testing.T) {
	play(t,
		"limits open=100 account=100 levels=9 symbols=2 trails=1 trades=4", "",
		"a sell 1@100", "accepted a",
		"b sell 1@100", "accepted b",
		"c sell 5@101 show=2", "accepted c",
		"k buy 2@100 fok", "accepted k; 1@100 a:0 k:1; 1@100 b:0 k:0",
		"d sell 1@100", "accepted d",
		"l buy 6@101 fok", "accepted l; 1@100 d:0 l:5; 2@101 c:3 l:3; 2@101 c:1 l:1; 1@101 c:0 l:0",
		"d sell 1@100", "accepted d",
		"e sell 1@100", "accepted e",
		"c sell 5@101 show=2", "accepted c",
		"m buy 3@101 fok", "accepted m; cancelled m 3 fill_or_kill",
		"n buy 3@101 ioc min=3", "accepted n; cancelled n 3 minimum_quantity",
		"o buy 2@101 min=2", "accepted o; 1@100 d:0 o:1; 1@100 e:0 o:0")
}

// G5: a trailing stop whose stop price would be none is rejected, and so is a trail that would make one.
func TestTrailingStopsStandAtAPrice(t *testing.T) {
	play(t,
		"a sell 1@100", "accepted a",
		"b buy 1@100", "accepted b; 1@100 a:0 b:0",
		"t sell 1@1 trail=100", "rejected t stop_out_of_range",
		"t sell 1@1 trail=99", "accepted t",
		"u buy 1@1 trail=999999999999900", "accepted u",
		"v buy 1@1 trail=999999999999901", "rejected v stop_out_of_range",
		"replace t w trail=100", "replace rejected t w stop_out_of_range",
		"replace t w trail=100 lots=1 basis=5", "replace rejected t w not_applicable",
		"pair l s buy 2@50 trail=999999999999901 collar=7", "rejected l stop_out_of_range; rejected s stop_out_of_range")
}

// O7: a post-only order is re-priced to a price only.
func TestPostOnlyIsNotRepricedBeyondThePrices(t *testing.T) {
	play(t,
		"a sell 1@2", "accepted a",
		"b buy 1@5 reprice", "accepted b; repriced b 1",
		"cancel b", "cancelled b 1 requested",
		"cancel a", "cancelled a 1 requested",
		"a sell 1@1", "accepted a",
		"b buy 1@5 reprice", "rejected b would_trade",
		"cancel a", "cancelled a 1 requested",
		"c buy 1@999999999999999", "accepted c",
		"d sell 1@5 reprice", "accepted d; repriced d 1000000000000000",
		"cancel c", "cancelled c 1 requested",
		"cancel d", "cancelled d 1 requested",
		"c buy 1@1000000000000000", "accepted c",
		"d sell 1@5 reprice", "rejected d would_trade")
}

// T5, S3: what decrement takes from a fill or kill order is what its own makers have, reserves included.
func TestCountUnderDecrementKnowsReserves(t *testing.T) {
	play(t,
		"a sell 5@100 show=1", "accepted a",
		"b sell 4@101 by=B", "accepted b",
		"k buy 8@101 fok decrement", "accepted k; cancelled k 8 fill_or_kill",
		"l buy 8@101 ioc decrement min=4", "accepted l; cancelled l 8 minimum_quantity",
		"m buy 8@101 ioc decrement min=3",
		"accepted m; cancelled a 5 self_trade; reduced m 5 left 3 self_trade; 3@101 b:1 m:0")
}
