package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"daytrading/matching-engine/internal/identity/identitytest"
)

func (p *process) get(t *testing.T, path string, to any) {
	t.Helper()
	status, content, err := p.do("GET", path, "")
	if err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, status, content, err)
	}
	if err := json.Unmarshal(content, to); err != nil {
		t.Fatalf("%s: %s", path, content)
	}
}

type view struct {
	LogID    string `json:"log_id"`
	Sequence uint64 `json:"sequence"`
	Symbol   string `json:"symbol"`
	Bids     []priceLevel
	Asks     []priceLevel
	Phase    string
	Last     *int64 `json:"last_trade_price_ticks"`
	Orders   []openOrder
	Next     *int64 `json:"next_cursor"`
}

type openOrder struct {
	OrderID string `json:"order_id"`
	Side    string `json:"side"`
	Type    string `json:"order_type"`
	State   string `json:"state"`
	Left    int64  `json:"remaining_lots"`
}

type priceLevel struct {
	Price    int64 `json:"price_ticks"`
	Quantity int64 `json:"quantity_lots"`
	Orders   int   `json:"orders"`
}

// TestWhatAnAnswerSaysEveryReadShows goes once through all endpoints of one running engine.
func TestWhatAnAnswerSaysEveryReadShows(t *testing.T) {
	p := newProcess(t)
	traceFile := filepath.Join(t.TempDir(), "spans.jsonl")
	p.start("TRACE_FILE=" + traceFile)
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	traced := strings.Replace(place(3, "buy", 105, 3), `"kind"`, `"trace":"`+trace+`","kind"`, 1)
	a, ok := p.submit(list(1, "X"), place(1, "sell", 101, 5), place(2, "sell", 102, 5), traced, place(4, "buy", 99, 2))
	if !ok || len(a.Results) != 5 {
		t.Fatalf("%+v", a)
	}
	var x view
	p.get(t, "/v1/book/X?depth=1", &x)
	if x.LogID != a.LogID || x.Sequence < a.LastSequence || x.Symbol != "X" ||
		fmt.Sprint(x.Asks, x.Bids) != "[{101 2 1}] [{99 2 1}]" || x.Phase != "continuous" || x.Last == nil || *x.Last != 101 {
		t.Fatalf("%+v", x)
	}
	var open, rest view
	p.get(t, "/v1/open-orders?limit=2", &open)
	if open.Next == nil {
		t.Fatal("two of three orders, and no next page")
	}
	p.get(t, fmt.Sprintf("/v1/open-orders?cursor=%d", *open.Next), &rest)
	orders := slices.Concat(open.Orders, rest.Orders)
	slices.SortFunc(orders, func(a, b openOrder) int { return strings.Compare(a.OrderID, b.OrderID) })
	if rest.Next != nil || fmt.Sprint(orders) != fmt.Sprintf("[{%s sell limit active 2} {%s sell limit active 5} {%s buy limit active 2}]", uuid('3', 1), uuid('3', 2), uuid('3', 4)) {
		t.Fatalf("%+v %+v", open, rest)
	}
	var one struct {
		Sequence uint64
		Order    openOrder
	}
	p.get(t, "/v1/orders/"+orders[0].OrderID, &one)
	if one.Order != orders[0] || one.Sequence < a.LastSequence {
		t.Fatalf("%+v, want %+v", one, orders[0])
	}
	var status struct {
		Last    uint64 `json:"last_sequence"`
		Symbols int    `json:"symbols"`
		Open    int    `json:"open_orders"`
	}
	p.get(t, "/v1/status", &status)
	if status.Last < a.LastSequence || status.Symbols != 1 || status.Open != 3 {
		t.Fatalf("%+v", status)
	}
	checkSpan(t, p, traceFile, a)
}

// checkSpan: the events of the traced command carry the span that is in the file, below the caller's.
func checkSpan(t *testing.T, p *process, path string, a answer) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil || strings.Count(string(content), "\n") != 1 {
		t.Fatalf("one span was asked for: %s %v", content, err)
	}
	var span struct {
		Name    string
		Context struct {
			SpanID string `json:"span_id"`
		}
		ParentID string `json:"parent_id"`
	}
	if err := json.Unmarshal(content, &span); err != nil || span.Name != "engine.command" || span.ParentID != "0xb7ad6b7169203331" {
		t.Fatalf("%s %v", content, err)
	}
	want := "00-0af7651916cd43dd8448eb211c80319c-" + strings.TrimPrefix(span.Context.SpanID, "0x") + "-01"
	var page struct {
		Events []struct {
			Kind  string
			Trace string
		}
	}
	p.get(t, fmt.Sprintf("/v1/events?after=%d&limit=2", a.Results[3].FirstSequence-1), &page)
	if fmt.Sprint(page.Events) != fmt.Sprintf("[{order_accepted %s} {trade %s}]", want, want) {
		t.Fatalf("%+v, want the trace %s", page.Events, want)
	}
}

func TestALongPollIsAnsweredByTheNextCommit(t *testing.T) {
	p := newProcess(t)
	p.start("FAILPOINTS=idle_tick=error")
	var end struct {
		Last   uint64 `json:"last_sequence"`
		Events []logged
	}
	p.get(t, "/v1/events", &end)
	answered := make(chan []byte)
	go func() {
		_, content, _ := p.do("GET", fmt.Sprintf("/v1/events?after=%d&wait_ms=20000", end.Last), "")
		answered <- content
	}()
	if _, ok := p.submit(list(1, "X")); !ok {
		t.Fatal("not listed")
	}
	select {
	case content := <-answered:
		if !strings.Contains(string(content), `"kind":"symbol_listed"`) {
			t.Fatalf("%s", content)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the poll was not answered")
	}
	began := time.Now()
	p.get(t, "/v1/events?after=9999&wait_ms=20000", &end) // past the end: at once
	if len(end.Events) != 0 || time.Since(began) > 10*time.Second {
		t.Fatalf("%+v", end)
	}
}

func TestTicksFillASilentLog(t *testing.T) {
	p := newProcess(t)
	p.start("TICK_INTERVAL=10ms")
	var page struct{ Events []logged }
	for after := 1; after < 5; after++ { // behind the limits; the first tick is the start's; each of the others is waited for
		p.get(t, fmt.Sprintf("/v1/events?after=%d&limit=1&wait_ms=10000", after), &page)
		if len(page.Events) != 1 || page.Events[0].Kind != "tick" {
			t.Fatalf("after %d: %+v", after, page)
		}
	}
}

// TestWrongCallsGetAProblemAndChangeNothing sends one wrong call of each sort.
func TestWrongCallsGetAProblemAndChangeNothing(t *testing.T) {
	p := newProcess(t)
	p.start("FAILPOINTS=idle_tick=error")
	readOnly := identitytest.Claims(time.Now())
	readOnly["scope"] = "engine:read"
	good := `{"commands":[` + list(1, "X") + `]}`
	for _, c := range []struct {
		method, path, token, body, kind string
		status, code                    int
	}{
		{"POST", "/v1/commands", "", good, "unauthorized", 401, 40110000},
		{"POST", "/v1/commands", "forged", good, "unauthorized", 401, 40110000},
		{"POST", "/v1/commands", p.caller.Token(t, readOnly), good, "forbidden", 403, 40310000},
		{"POST", "/v1/commands", "good", `{"commands":[`, "malformed_request", 400, 40010000},
		{"POST", "/v1/commands", "good", `{"commands":[{"kind":"place"}]}`, "malformed_request", 400, 40010000},
		{"POST", "/v1/commands", "good", `{"commands":[` + strings.Repeat(" ", 2<<20) + `]}`, "payload_too_large", 413, 41310000},
		{"GET", "/v1/commands", "good", "", "method_not_allowed", 405, 40510000},
		{"GET", "/v1/events", "", "", "unauthorized", 401, 40110000},
		{"GET", "/v1/events?limit=10001", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/events?after=-1", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/events?wait_ms=1.5", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/book/NONE", "good", "", "not_found", 404, 40410000},
		{"GET", "/v1/book/X?depth=0", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/open-orders?cursor=x", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/orders/" + uuid('3', 1), "good", "", "order_not_open", 404, 40410001},
		{"GET", "/v1/orders/1", "good", "", "malformed_request", 400, 40010000},
		{"GET", "/v1/nothing", "good", "", "not_found", 404, 40410000},
	} {
		name := c.method + " " + c.path + " " + c.kind
		request, _ := http.NewRequest(c.method, "http://"+p.address+c.path, strings.NewReader(c.body))
		request.Header.Set("X-Request-ID", uuid('9', c.status))
		switch c.token {
		case "":
		case "good":
			request.Header.Set("Authorization", "Bearer "+p.caller.Token(t, identitytest.Claims(time.Now())))
		default:
			request.Header.Set("Authorization", "Bearer "+c.token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(name, err)
		}
		var got struct {
			Type, Detail, Message string
			Status, Code          int
			RequestID             string `json:"request_id"`
		}
		err = json.NewDecoder(response.Body).Decode(&got)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != c.status || got.Status != c.status || got.Type != c.kind || got.Code != c.code ||
			got.Detail == "" || got.Message != got.Detail || got.RequestID != uuid('9', c.status) ||
			response.Header.Get("X-Request-ID") != got.RequestID || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %+v %v", name, response.StatusCode, got, err)
		}
	}
	if events := p.log(); len(events) != 2 || events[1].Kind != "tick" {
		t.Fatalf("the log changed: %+v", events)
	}
}

func TestRequestsAreCountedAsInEveryService(t *testing.T) {
	p := newProcess(t)
	p.start()
	for _, request := range [][2]string{
		{"GET", "/v1/status"}, {"GET", "/v1/book/NONE"}, {"BREW", "/v1/status"}, {"GET", "/nothing"}, {"GET", "/healthz"},
	} {
		if _, _, err := p.do(request[0], request[1], ""); err != nil {
			t.Fatal(err)
		}
	}
	_, content, err := p.do("GET", "/metrics", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`http_server_requests_total{method="GET",route="/v1/status",status="200"} 1`,
		`http_server_requests_total{method="GET",route="/v1/book/{symbol}",status="404"} 1`,
		`http_server_requests_total{method="OTHER",route="/v1/status",status="405"} 1`,
		`http_server_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`http_server_request_duration_seconds_count{method="GET",route="/v1/status"} 1`,
	} {
		if !strings.Contains(string(content), line+"\n") {
			t.Errorf("%s is not in\n%s", line, content)
		}
	}
	if strings.Contains(string(content), `route="/healthz"`) {
		t.Error("probes are counted")
	}
}

// TestTheProfilerHasAnAddressOfItsOwnAndFiguresAreShown: it is not served to those who may send commands.
func TestTheProfilerHasAnAddressOfItsOwnAndFiguresAreShown(t *testing.T) {
	p, debug := newProcess(t), newProcess(t).address
	p.start("DEBUG_ADDRESS=" + debug)
	response, err := http.Get("http://" + debug + "/debug/pprof/cmdline")
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response, err)
	}
	_ = response.Body.Close()
	if status, said := p.ask(t, "GET", "/debug/pprof/cmdline", ""); status != http.StatusNotFound || said.Type != "not_found" {
		t.Fatalf("%d %+v", status, said)
	}
	_, metrics, _ := p.do("GET", "/metrics", "")
	for _, name := range []string{
		"accepting 1", "first_sequence 1", "journal_segments 1", "journal_room_bytes", "journal_free_bytes", "snapshot_age_seconds",
		"match_seconds_count", "publish_seconds_count", "remembered_commands", "price_levels",
	} {
		if !strings.Contains(string(metrics), "\nmatching_engine_"+name) {
			t.Errorf("%s is not in the metrics:\n%s", name, metrics)
		}
	}
}
