package book

import "testing"

// C1
func TestCancelIsForTheOwnerOfAnOpenOrder(t *testing.T) {
	play(t,
		"a buy 5@100", "accepted a",
		"s buy 5@120 stop=110", "accepted s",
		"cancel a by=B", "cancel rejected a not_owner",
		"cancel a", "cancelled a 5 requested",
		"cancel a", "cancel rejected a order_not_open",
		"cancel s", "cancelled s 5 requested")
}

// C2
func TestCancelAllOfASymbolGoesThroughItsBook(t *testing.T) {
	play(t,
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"t sell 1@80 trail=5", "accepted t",
		"s2 sell 1@80 stop=90", "accepted s2",
		"s1 buy 1@120 stop=110", "accepted s1",
		"d sell 1@106", "accepted d",
		"c sell 1@105", "accepted c",
		"b buy 1@98", "accepted b",
		"a buy 1@99", "accepted a",
		"e buy 1@99 of=Y", "accepted e",
		"pair l s sell 1@105 stop=91 collar=80 by=B", "accepted l; accepted s",
		"cancelall of=X", "cancelled a 1 requested; cancelled b 1 requested; cancelled c 1 requested; "+
			"cancelled l 1 requested; cancelled s 1 oco; cancelled d 1 requested; cancelled s1 1 requested; "+
			"cancelled s2 1 requested; cancelled t 1 requested; all cancelled 9",
		"cancelall of=X", "all cancelled 0")
}

// C2, C6
func TestCancelAllOfAnAccountGoesByAcceptance(t *testing.T) {
	play(t,
		"a buy 1@99", "accepted a",
		"b buy 1@98 of=Y", "accepted b",
		"c buy 1@97 by=B", "accepted c",
		"s buy 1@120 stop=110", "accepted s",
		"pair l r sell 1@105 stop=91 collar=80", "accepted l; accepted r",
		"replace a z price=90", "replaced a z 1@90 left 1 loses place",
		"cancelall by=A of=Y", "cancelled b 1 requested; all cancelled 1",
		"cancelall by=A", "cancelled z 1 requested; cancelled s 1 requested; cancelled l 1 requested; cancelled r 1 oco; "+
			"all cancelled 4",
		"cancelall by=C", "all cancelled 0")
}

// C3
func TestReplacementsAreRejectedInOrder(t *testing.T) {
	play(t,
		"a buy 5@100", "accepted a",
		"s buy 5@120 stop=110", "accepted s",
		"x sell 2@100", "accepted x; 2@100 a:3 x:0",
		"replace q r lots=1", "replace rejected q r order_not_open",
		"replace a s lots=1 by=B", "replace rejected a s not_owner",
		"replace a s lots=1", "replace rejected a s duplicate_order_id",
		"replace a a lots=1", "replace rejected a a duplicate_order_id",
		"replace a r lots=1 used", "replace rejected a r duplicate_order_id",
		"replace a r lots=1 stop=5", "replace rejected a r not_applicable",
		"replace s r trail=5", "replace rejected s r not_applicable",
		"replace a r lots=2", "replace rejected a r quantity_filled",
		"replace a r lots=3", "replaced a r 3@100 left 1 keeps place")
}

// O6, C3
func TestReplacedIcebergStillShowsAThousandth(t *testing.T) {
	play(t,
		"a buy 5@100 show=1", "accepted a",
		"replace a b lots=1000000000000000", "replace rejected a b display_too_small",
		"replace a b lots=1001", "replace rejected a b display_too_small",
		"replace a b lots=1000", "replaced a b 1000@100 left 1000 loses place",
		"s sell 1@100", "accepted s; 1@100 b:999 s:0",
		"replace b c lots=1001", "replace rejected b c display_too_small",
		"replace b c lots=1", "replace rejected b c quantity_filled")
}

// C4
func TestLessSizeKeepsThePlace(t *testing.T) {
	play(t,
		"a buy 5@100", "accepted a",
		"b buy 5@100", "accepted b",
		"replace a c lots=3", "replaced a c 3@100 left 3 keeps place",
		"replace c d price=100", "replaced c d 3@100 left 3 keeps place",
		"x sell 4@100", "accepted x; 3@100 d:0 x:1; 1@100 b:4 x:0",
		"cancel a", "cancel rejected a order_not_open")
}

// C4: an iceberg loses reserve before shown lots.
func TestIcebergLosesReserveFirst(t *testing.T) {
	books := play(t,
		"a buy 10@100 show=4", "accepted a",
		"replace a b lots=5", "replaced a b 5@100 left 5 keeps place")
	if bids := books.Depth(0, Buy, 1); bids[0].QuantityLots != 4 {
		t.Errorf("shows %d", bids[0].QuantityLots)
	}
	books = play(t,
		"a buy 10@100 show=4", "accepted a",
		"replace a b lots=3", "replaced a b 3@100 left 3 keeps place")
	if bids := books.Depth(0, Buy, 1); bids[0].QuantityLots != 3 {
		t.Errorf("shows %d", bids[0].QuantityLots)
	}
}

// C5
func TestOtherChangesLoseThePlace(t *testing.T) {
	play(t,
		"a buy 5@100", "accepted a",
		"b buy 5@100", "accepted b",
		"replace a c lots=6", "replaced a c 6@100 left 6 loses place",
		"x sell 6@100", "accepted x; 5@100 b:0 x:1; 1@100 c:5 x:0",
		"y sell 4@105", "accepted y",
		"replace c d price=105", "replaced c d 6@105 left 5 loses place; 4@105 y:0 d:1",
		"s1 buy 1@120 stop=110", "accepted s1",
		"s2 buy 1@120 stop=110", "accepted s2",
		"replace s1 s3 price=121", "replaced s1 s3 1@121 left 1 loses place stop 110",
		"z sell 2@110", "accepted z",
		"w buy 1@110", "accepted w; 1@110 z:1 w:0; triggered s2 110; 1@110 z:0 s2:0; triggered s3 110; cancelled s3 1 collar")
}

// C5, G2
func TestReplacedStopThatIsReachedActsAtOnce(t *testing.T) {
	play(t,
		"m buy 1@100", "accepted m",
		"n sell 1@100", "accepted n; 1@100 m:0 n:0",
		"s buy 2@120 stop=110", "accepted s",
		"a sell 1@101", "accepted a",
		"replace s r stop=100", "replaced s r 2@120 left 2 loses place stop 100; triggered r 100; 1@101 a:0 r:1; cancelled r 1 collar")
}

// S1
func TestOwnOrdersTradeByDefault(t *testing.T) {
	play(t,
		"a sell 5@100 both", "accepted a",
		"x buy 5@100", "accepted x; 5@100 a:0 x:0")
}

// S2
func TestSelfTradePreventionCancels(t *testing.T) {
	for _, c := range []struct{ mode, want string }{
		{"newest", "accepted x; 1@100 m:0 x:8; cancelled x 8 self_trade"},
		{"oldest", "accepted x; 1@100 m:0 x:8; cancelled a 5 self_trade; 2@100 n:0 x:6"},
		{"both", "accepted x; 1@100 m:0 x:8; cancelled a 5 self_trade; cancelled x 8 self_trade"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			play(t,
				"m sell 1@100 by=B", "accepted m",
				"a sell 5@100 show=2", "accepted a",
				"n sell 2@100 by=B", "accepted n",
				"x buy 9@100 "+c.mode, c.want)
		})
	}
}

// S3
func TestDecrementTakesLotsFromBoth(t *testing.T) {
	play(t,
		"a sell 5@100", "accepted a",
		"x buy 3@100 decrement", "accepted x; reduced a 3 left 2 self_trade; cancelled x 3 self_trade",
		"y buy 3@100 decrement", "accepted y; cancelled a 2 self_trade; reduced y 2 left 1 self_trade",
		"z sell 1@100 decrement", "accepted z; cancelled y 1 self_trade; cancelled z 1 self_trade")
	// The quantity stays: one lot has traded and three were lost, so it may be five.
	play(t,
		"a sell 6@100", "accepted a",
		"m buy 1@100 by=B", "accepted m; 1@100 a:5 m:0",
		"x buy 3@100 decrement", "accepted x; reduced a 3 left 2 self_trade; cancelled x 3 self_trade",
		"replace a b lots=4", "replace rejected a b quantity_filled",
		"replace a b lots=5", "replaced a b 5@100 left 1 keeps place")
}

// S3, O6
func TestDecrementTakesReserveFirst(t *testing.T) {
	books := play(t,
		"a sell 10@100 show=4", "accepted a",
		"x buy 5@100 decrement", "accepted x; reduced a 5 left 5 self_trade; cancelled x 5 self_trade")
	if asks := books.Depth(0, Sell, 1); asks[0].QuantityLots != 4 {
		t.Errorf("shows %d", asks[0].QuantityLots)
	}
}

// S3, L3, L4
func TestDecrementReachesPartners(t *testing.T) {
	play(t,
		"pair l s sell 5@100 stop=90 collar=80", "accepted l; accepted s",
		"pair k r buy 3@100 stop=120 collar=130 decrement",
		"accepted k; accepted r; reduced l 3 left 2 self_trade; reduced s 3 left 2 oco; cancelled k 3 self_trade; cancelled r 3 oco",
		"pair j q buy 3@100 stop=120 collar=130 decrement",
		"accepted j; accepted q; cancelled l 2 self_trade; cancelled s 2 oco; reduced j 2 left 1 self_trade; reduced q 2 left 1 oco")
}
