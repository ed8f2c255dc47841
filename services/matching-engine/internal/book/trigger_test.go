package book

import "testing"

// G1, G2, O3
func TestStopsWaitForATradeAtTheirPrice(t *testing.T) {
	play(t,
		"s buy 5@110 stop=105", "accepted s",
		"r sell 5@90 stop=95", "accepted r",
		"a sell 2@105", "accepted a",
		"b sell 9@111", "accepted b",
		"x buy 1@104", "accepted x",
		"y buy 1@105", "accepted y; 1@105 a:1 y:0; triggered s 105; 1@105 a:0 s:4; cancelled s 4 collar",
		"q buy 3@108 stop=105", "accepted q; triggered q 105; cancelled q 3 collar",
		"p buy 3@108 stop=106", "accepted p",
		"z sell 1@104", "accepted z; 1@104 x:0 z:0",
		"c buy 1@94", "accepted c",
		"w sell 1@94", "accepted w; 1@94 c:0 w:0; triggered r 95; cancelled r 5 collar")
}

// O4
func TestTriggeredStopLimitMayRest(t *testing.T) {
	books := play(t,
		"s buy 5@106 stoplimit=105 show=2", "accepted s",
		"a sell 1@105", "accepted a",
		"b sell 3@106", "accepted b",
		"x buy 1@105", "accepted x; 1@105 a:0 x:0; triggered s 105; 3@106 b:0 s:2",
		"replace s r stop=107", "replace rejected s r not_applicable",
		"replace s r price=104", "replaced s r 5@104 left 2 loses place")
	if o, open := books.Order(named("r")); !open || o.Dormant || o.Type != StopLimit || o.LimitPriceTicks != 104 {
		t.Errorf("%+v", o)
	}
}

// G3
func TestTriggeredOrdersActWhenTheTakerIsDone(t *testing.T) {
	play(t,
		"s buy 2@120 stop=101", "accepted s",
		"r buy 2@120 stop=103", "accepted r",
		"a sell 1@101", "accepted a",
		"b sell 1@102", "accepted b",
		"c sell 2@103", "accepted c",
		"d sell 9@104", "accepted d",
		"x buy 3@102", "accepted x; 1@101 a:0 x:2; 1@102 b:0 x:1; triggered s 101; 2@103 c:0 s:0; "+
			"triggered r 103; 2@104 d:7 r:0",
		"y sell 1@102", "accepted y; 1@102 x:0 y:0")
}

// G4
func TestOneTradeTriggersInOrder(t *testing.T) {
	play(t,
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"t2 sell 1@80 trail=5", "accepted t2",
		"t1 buy 1@120 trail=6", "accepted t1",
		"t0 buy 1@120 trail=5", "accepted t0",
		"b2 buy 1@120 stop=104", "accepted b2",
		"b1 buy 1@120 stop=103", "accepted b1",
		"b3 buy 1@120 stop=104", "accepted b3",
		"a sell 1@107", "accepted a",
		"x buy 1@107", "accepted x; 1@107 a:0 x:0; triggered b1 103; cancelled b1 1 collar; triggered b2 104; "+
			"cancelled b2 1 collar; triggered b3 104; cancelled b3 1 collar; triggered t1 106; cancelled t1 1 collar; "+
			"triggered t0 105; cancelled t0 1 collar",
		"s1 sell 1@80 stop=99", "accepted s1",
		"s2 sell 1@80 stop=101", "accepted s2",
		"b buy 1@99", "accepted b",
		"y sell 1@99", "accepted y; 1@99 b:0 y:0; triggered s2 101; cancelled s2 1 collar; triggered s1 99; "+
			"cancelled s1 1 collar; triggered t2 102; cancelled t2 1 collar")
}

// O5, G5
func TestTrailingStopFollowsTheMarket(t *testing.T) {
	books := play(t,
		"t0 sell 1@90 trail=5", "rejected t0 no_reference_price",
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"t sell 2@90 trail=5", "accepted t",
		"p sell 2@90 basis=150", "accepted p",
		"q buy 2@130 basis=1", "accepted q",
		"m2 buy 1@97", "accepted m2",
		"q2 buy 2@97 basis=5000", "accepted q2")
	for name, want := range map[string]int64{"t": 95, "p": 99, "q": 101, "q2": 150} {
		if o, _ := books.Order(named(name)); o.StopPriceTicks != want {
			t.Errorf("%s stands at %d, want %d", name, o.StopPriceTicks, want)
		}
	}
	play(t,
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"t sell 2@90 trail=5", "accepted t",
		"a sell 1@107", "accepted a",
		"x buy 1@107", "accepted x; 1@107 a:0 x:0",
		"b buy 2@103", "accepted b",
		"y sell 1@103", "accepted y; 1@103 b:1 y:0",
		"cancel b", "cancelled b 1 requested",
		"c buy 2@102", "accepted c",
		"z sell 1@102", "accepted z; 1@102 c:1 z:0; triggered t 102; 1@102 c:0 t:1; cancelled t 1 collar")
}

// G5, G6, C5
func TestReplacedTrailingStopKeepsItsMark(t *testing.T) {
	play(t,
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"t sell 2@90 trail=5", "accepted t",
		"a sell 1@110", "accepted a",
		"x buy 1@110", "accepted x; 1@110 a:0 x:0",
		"b buy 1@108", "accepted b",
		"y sell 1@108", "accepted y; 1@108 b:0 y:0",
		"replace t u basis=100", "replace rejected t u not_applicable",
		"replace t u stop=100", "replace rejected t u not_applicable",
		"replace t u trail=4", "replaced t u 2@90 left 2 loses place trail 4/0",
		"replace u v price=80", "replaced u v 2@80 left 2 loses place trail 4/0",
		"replace v w trail=2", "replaced v w 2@80 left 2 loses place trail 2/0; triggered w 108; cancelled w 2 collar")
}

// G5: a percentage of the highest price does not overflow, and a stop may stand at the first price and at the last.
func TestTrailsAtTheEndsOfThePrices(t *testing.T) {
	play(t,
		"m buy 1@1000000000000000", "accepted m",
		"n sell 1@1000000000000000", "accepted n; 1@1000000000000000 m:0 n:0",
		"p buy 1@1000000000000000 basis=1", "rejected p stop_out_of_range",
		"q sell 1@1 basis=9999", "accepted q",
		"r sell 1@1 trail=999999999999999", "accepted r",
		"b buy 1@1", "accepted b",
		"x sell 1@1", "accepted x; 1@1 b:0 x:0; triggered q 100000000000; cancelled q 1 collar; triggered r 1; cancelled r 1 collar",
		"p buy 1@1 trail=999999999999999", "accepted p",
		"b buy 1@1", "accepted b",
		"x sell 1@1", "accepted x; 1@1 b:0 x:0",
		"c sell 1@1000000000000000", "accepted c",
		"y buy 1@1000000000000000", "accepted y; 1@1000000000000000 c:0 y:0; triggered p 1000000000000000; cancelled p 1 collar")
}

// L1, L2, L3, L6
func TestPairTradesItsQuantityOnceAtMost(t *testing.T) {
	play(t,
		"pair l s sell 5@110 stop=90 collar=80", "accepted l; accepted s",
		"pair k r buy 7@110 stop=120 collar=130 by=B",
		"accepted k; accepted r; 5@110 l:0 k:2; cancelled s 5 oco; reduced r 5 left 2 oco",
		"x sell 1@110", "accepted x; 1@110 k:1 x:0; reduced r 1 left 1 oco",
		"y sell 1@110", "accepted y; 1@110 k:0 y:0; cancelled r 1 oco",
		"pair q l3 buy 1@50 stop=99 collar=99 used", "rejected q duplicate_order_id; rejected l3 duplicate_order_id")
}

// L4
func TestTriggeredStopCancelsItsPartner(t *testing.T) {
	play(t,
		"pair l s sell 5@110 stop=90 collar=80", "accepted l; accepted s",
		"b buy 9@90", "accepted b",
		"x sell 1@90", "accepted x; 1@90 b:8 x:0; triggered s 90; cancelled l 5 oco; 5@90 b:3 s:0",
		"pair k r sell 5@110 stop=85 collar=80", "accepted k; accepted r",
		"cancel k", "cancelled k 5 requested; cancelled r 5 oco",
		"pair k r sell 5@110 stop=85 collar=80", "accepted k; accepted r",
		"cancel r", "cancelled r 5 requested; cancelled k 5 oco")
}

// L2, G2
func TestPairWhoseStopIsReachedActsAtOnce(t *testing.T) {
	play(t,
		"b buy 9@90", "accepted b",
		"x sell 1@90", "accepted x; 1@90 b:8 x:0",
		"pair l s sell 5@110 stoplimit=95 collar=90", "accepted l; accepted s; triggered s 95; cancelled l 5 oco; 5@90 b:3 s:0",
		// The limit order takes first; its own trade triggers the stop.
		"pair k r sell 5@90 stop=90 collar=80", "accepted k; accepted r; 3@90 b:0 k:2; reduced r 3 left 2 oco; "+
			"triggered r 90; cancelled k 2 oco; cancelled r 2 collar")
}

// L3, G3: a stop in the line of triggered orders still belongs to its pair.
func TestStopInTheLineLeavesWithItsPartner(t *testing.T) {
	play(t,
		"pair l s sell 2@103 stop=100 collar=80", "accepted l; accepted s",
		"r buy 5@110 stop=100 by=B", "accepted r",
		"b buy 1@100", "accepted b",
		"x sell 1@100", "accepted x; 1@100 b:0 x:0; triggered r 100; 2@103 l:0 r:3; cancelled s 2 oco; cancelled r 3 collar")
}

// L5
func TestLegKeepsItsQuantity(t *testing.T) {
	play(t,
		"pair l s sell 5@110 stop=90 collar=80", "accepted l; accepted s",
		"replace l k lots=6", "replace rejected l k oco_quantity",
		"replace s k lots=4", "replace rejected s k oco_quantity",
		"replace l k price=100 lots=5", "replaced l k 5@100 left 5 loses place",
		"replace s r stop=95", "replaced s r 5@80 left 5 loses place stop 95",
		"b buy 2@100", "accepted b; 2@100 k:3 b:0; reduced r 2 left 3 oco",
		"cancel r", "cancelled r 3 requested; cancelled k 3 oco")
}

// G5: the mark is the best trade itself, not one beside it, on both sides and with a trail in either form.
func TestMarksAreTheBestTrade(t *testing.T) {
	play(t,
		"a sell 9@100", "accepted a",
		"b buy 1@100", "accepted b; 1@100 a:8 b:0",
		"s sell 1@1 trail=10", "accepted s",
		"t buy 1@200 basis=1000 by=B", "accepted t",
		"cancel a", "cancelled a 8 requested",
		"a sell 1@101", "accepted a",
		"b buy 1@101", "accepted b; 1@101 a:0 b:0",
		"a buy 1@92", "accepted a",
		"c sell 1@92", "accepted c; 1@92 a:0 c:0",
		"a buy 1@91", "accepted a",
		"c sell 1@91", "accepted c; 1@91 a:0 c:0; triggered s 91; cancelled s 1 collar",
		"a sell 1@99", "accepted a",
		"b buy 1@99", "accepted b; 1@99 a:0 b:0",
		"a sell 1@100", "accepted a",
		"b buy 1@100", "accepted b; 1@100 a:0 b:0; triggered t 100; cancelled t 1 collar")
}

// G4: trailing stops act in the order in which they became dormant, also after one between them has left.
func TestTrailingStopsKeepTheirOrder(t *testing.T) {
	play(t,
		"a sell 1@100", "accepted a",
		"b buy 1@100", "accepted b; 1@100 a:0 b:0",
		"p sell 1@1 trail=10", "accepted p",
		"q sell 1@1 trail=10", "accepted q",
		"r sell 1@1 trail=10", "accepted r",
		"s sell 1@1 trail=10", "accepted s",
		"cancel q", "cancelled q 1 requested",
		"replace p u trail=9", "replaced p u 1@1 left 1 loses place trail 9/0",
		"a buy 1@90", "accepted a",
		"b sell 1@90", "accepted b; 1@90 a:0 b:0; triggered r 90; cancelled r 1 collar; triggered s 90; cancelled s 1 collar;"+
			" triggered u 91; cancelled u 1 collar")
}
