package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/event"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/identity/identitytest"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
	"daytrading/matching-engine/internal/telemetry"
)

const logID = "0af76519-16cd-43dd-8448-eb211c80319c"

// served is a server with a real engine and journal behind it.
type served struct {
	t       *testing.T
	caller  *identitytest.Caller
	engine  *engine.Engine
	journal *journal.Journal
	server  *Server
	web     *httptest.Server
	ended   chan error
}

func serve(t *testing.T, change ...func(*Options, *engine.Options)) *served {
	t.Helper()
	s := &served{t: t, caller: identitytest.New(t), ended: make(chan error, 1)}
	keys, err := identity.ReadKeySet(s.caller.KeySetFile)
	if err != nil {
		t.Fatal(err)
	}
	tracing, err := telemetry.NewTracing(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	metrics := telemetry.NewMetrics()
	options := Options{
		Verifier: identity.NewVerifier(keys, time.Now), Metrics: metrics, Tracing: tracing, NewRequestID: func() string { return "made" },
		MaxCallBytes: 8 << 20, MaxCommandsPerCall: command.MaxCommandsPerCall, MaxEventReaders: 4,
	}
	limits := engine.Options{
		Clock: engine.NewSystemClock(), TickInterval: time.Hour, Observer: metrics, MaxQueued: 4096, MaxRemembered: 100, MaxReads: 16,
		Limits: book.Limits{OpenOrders: 100, OpenOrdersPerAccount: 100, LevelsPerSide: 10, Symbols: 10, TradesPerOrder: 100},
	}
	for _, c := range change {
		c(&options, &limits)
	}
	state := sequencer.New(book.Limits{})
	s.journal, err = journal.Open(journal.Options{
		Dir: t.TempDir(), Rules: sequencer.RulesVersion, SegmentBytes: 1 << 20, NewLogID: func() string { return logID },
	}, nil, func(r journal.Record) error { return state.Replay(event.Record(r)) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.journal.Close)
	if s.engine, err = engine.New(limits, s.journal, state); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.engine.Run() }()
	t.Cleanup(s.stop)
	options.Engine, options.Journal = s.engine, s.journal
	if s.server, err = New(options); err != nil {
		t.Fatal(err)
	}
	s.web = httptest.NewServer(s.server.Handler())
	t.Cleanup(s.web.Close)
	return s
}

// stop ends the writer; it may be called again.
func (s *served) stop() {
	s.engine.Stop()
	err := <-s.ended
	s.ended <- err
}

// said is an answer, whatever it is.
type said struct {
	Type      string
	Title     string
	Status    int
	Detail    string
	Code      int
	Message   string
	RequestID string `json:"request_id"`
	First     uint64 `json:"first_sequence"`
	Last      uint64 `json:"last_sequence"`
	LogID     string `json:"log_id"`

	Results []struct{ Outcome, Reason string }
	Events  []struct{ Kind string }
	Order   struct{ State string }
	Orders  []struct{ State string }
	Readers map[string]uint64
	Takes   bool `json:"accepting"`
	Open    int  `json:"open_orders"`

	header http.Header
	status int
	body   []byte
}

// ask is a call with a good token unless it brings another header.
func (s *served) ask(method, path string, body io.Reader, header ...string) said {
	s.t.Helper()
	request, err := http.NewRequest(method, s.web.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.caller.Token(s.t, identitytest.Claims(time.Now())))
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	a := said{status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		s.t.Fatal(err)
	}
	_ = json.Unmarshal(a.body, &a)
	return a
}

func (s *served) post(commands ...string) said {
	s.t.Helper()
	return s.ask("POST", "/v1/commands", strings.NewReader(`{"commands":[`+strings.Join(commands, ",")+`]}`))
}

// refused holds that an answer is a problem as the contract has it.
func (a *said) refused(t *testing.T, what string, status int, kind string, code int) {
	t.Helper()
	if a.status != status || a.Status != status || a.Type != kind || a.Code != code || a.Title != http.StatusText(status) ||
		a.Detail == "" || a.Message != a.Detail || a.RequestID == "" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %d %s, want %d %s %d", what, a.status, a.body, status, kind, code)
	}
	if status == http.StatusServiceUnavailable && kind != "not_ready" && a.header.Get("Retry-After") == "" {
		t.Errorf("%s: nothing says when to come again", what)
	}
}

func id(kind byte, n int) string { return fmt.Sprintf("%c0000000-0000-4000-8000-%012d", kind, n) }

func listX() string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"list_symbol","symbol":"X"}`, id('1', 1))
}

func placeX(n int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"place","expires_at_ns":%d,"order":{"order_id":%q,"account_id":%q,"client_order_id":"c",`+
		`"symbol":"X","side":"buy","order_type":"limit","time_in_force":"day","limit_price_ticks":%d,"quantity_lots":3,"terms":{}}}`,
		id('2', n), time.Now().Add(20*time.Second).UnixNano(), id('3', n), id('4', 1), n)
}

func cancelOf(n int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"cancel","order_id":%q,"account_id":%q}`, id('5', n), id('3', n), id('4', 1))
}

func arm(t *testing.T, setting string) {
	t.Helper()
	if err := failpoint.Arm(setting); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = failpoint.Arm("") })
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// TestEveryEndpointAnswers goes through them, each with an answer that only it gives.
func TestEveryEndpointAnswers(t *testing.T) {
	s := serve(t)
	a := s.post(listX(), placeX(1), placeX(2), strings.Replace(placeX(3), `"expires_at_ns":1`, `"expires_at_ns":`, 1))
	if a.status != 200 || a.LogID != logID || len(a.Results) != 4 || a.Results[1].Outcome != "journalled" || a.Results[3].Reason != "expired" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/v1/status", nil); a.status != 200 || a.Open != 2 || !a.Takes || a.First != 1 {
		t.Errorf("status: %d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/v1/book/X", nil); !bytes.Contains(a.body, []byte(`"bids":[{"price_ticks":2,"quantity_lots":3,"orders":1},{"price_ticks":1,`)) {
		t.Errorf("book: %d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/v1/orders/"+id('3', 1), nil); a.status != 200 || a.Order.State != "active" {
		t.Errorf("order: %d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/v1/open-orders?limit=10", nil); a.status != 200 || len(a.Orders) != 2 {
		t.Errorf("open orders: %d %s", a.status, a.body)
	}
	position := fmt.Sprintf(`{"log_id":%q,"sequence":1}`, logID)
	if a := s.ask("PUT", "/v1/readers/trading", strings.NewReader(position)); a.status != 200 {
		t.Errorf("confirm: %d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/v1/readers", nil); a.status != 200 || a.Readers["trading"] != 1 {
		t.Errorf("readers: %d %s", a.status, a.body)
	}
	if a := s.ask("DELETE", "/v1/readers/trading", nil); a.status != 204 || len(a.body) != 0 {
		t.Errorf("forget: %d %s", a.status, a.body)
	}
	for path, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready"}`} {
		if a := s.ask("GET", path, nil, "Authorization", ""); a.status != 200 || string(a.body) != want {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := s.ask("GET", "/metrics", nil, "Authorization", ""); !bytes.Contains(a.body, []byte(`matching_engine_commands_total{kind="place",outcome="journalled"} 2`)) {
		t.Errorf("metrics: %d", a.status)
	}
	binaryCall := func() said {
		var c command.Command
		c, err := command.Decode([]byte(cancelOf(1)))
		if err != nil {
			t.Fatal(err)
		}
		return s.ask("POST", "/v1/commands", bytes.NewReader(command.AppendBinaryCall(nil, &c)), "Content-Type", command.MediaType)
	}
	if a := binaryCall(); a.status != 200 || len(a.body) != 36+17 || a.body[36] != binaryJournalled {
		t.Errorf("binary: %d %x", a.status, a.body)
	}
	if a := binaryCall(); a.body[36] != binaryRepeated {
		t.Errorf("binary again: %x", a.body)
	}
}

// TestPagesAreWholeJSON at every number of events, and end where they may be no larger.
func TestPagesAreWholeJSON(t *testing.T) {
	s := serve(t)
	end := s.post(listX(), placeX(1), placeX(2)).Last
	for limit := 1; limit <= int(end)+1; limit++ {
		for after := 0; after <= int(end); after++ {
			a := s.ask("GET", fmt.Sprintf("/v1/events?after=%d&limit=%d", after, limit), nil)
			if want := min(limit, int(end)-after); !json.Valid(a.body) || len(a.Events) != want || a.Last != end || a.header.Get("Content-Length") != fmt.Sprint(len(a.body)) {
				t.Fatalf("after %d, at most %d: %s", after, limit, a.body)
			}
		}
	}
	long := `"terms":{"x":"` + strings.Repeat("y", 60<<10) + `"}`
	for n := range 30 {
		if a := s.post(strings.Replace(placeX(10+n), `"terms":{}`, long, 1)); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if a := s.ask("GET", "/v1/events?limit=10000", nil); !json.Valid(a.body) || len(a.body) > maxPageBytes+1024 || len(a.body) < maxPageBytes/2 {
		t.Fatalf("a page of %d bytes", len(a.body))
	}
}

// TestEveryRefusalIsAProblem: what a caller can do wrong.
func TestEveryRefusalIsAProblem(t *testing.T) {
	s := serve(t)
	s.post(listX())
	stranger := identitytest.New(t)
	token := func(claims func(jwt.MapClaims)) string {
		c := identitytest.Claims(time.Now())
		claims(c)
		return "Bearer " + s.caller.Token(t, c)
	}
	reader := token(func(c jwt.MapClaims) { c["scope"] = "engine:read" })
	commander := token(func(c jwt.MapClaims) { c["scope"] = "engine:command" })
	old := token(func(c jwt.MapClaims) { c["exp"] = time.Now().Add(-time.Minute).Unix() })
	position := func(log string, sequence int) string {
		return fmt.Sprintf(`{"log_id":%q,"sequence":%d}`, log, sequence)
	}
	many := `{"commands":[` + strings.Repeat(listX()+",", command.MaxCommandsPerCall) + listX() + `]}`
	for _, c := range []struct {
		what, method, path, body, token string
		status                          int
		kind                            string
		code                            int
	}{
		{"no token", "GET", "/v1/status", "", "none", 401, "unauthorized", 40110000},
		{"an old token", "GET", "/v1/status", "", old, 401, "unauthorized", 40110000},
		{"a stranger's", "GET", "/v1/status", "", "Bearer " + stranger.Token(t, identitytest.Claims(time.Now())), 401, "unauthorized", 40110000},
		{"commands without the scope", "POST", "/v1/commands", `{}`, reader, 403, "forbidden", 40310000},
		{"reading without the scope", "GET", "/v1/events", "", commander, 403, "forbidden", 40310000},
		{"forgetting without the scope", "DELETE", "/v1/readers/trading", "", reader, 403, "forbidden", 40310000},
		{"no JSON", "POST", "/v1/commands", `{`, "", 400, "malformed_request", 40010000},
		{"no commands", "POST", "/v1/commands", `{"commands":[]}`, "", 400, "malformed_request", 40010000},
		{"too many commands", "POST", "/v1/commands", many, "", 400, "too_many_commands", 40010001},
		{"too large a body", "POST", "/v1/commands", strings.Repeat(" ", command.MaxCallBytes+1), "", 413, "payload_too_large", 41310000},
		{"a limit of nothing", "GET", "/v1/events?limit=0", "", "", 400, "malformed_request", 40010000},
		{"a limit that is none", "GET", "/v1/events?limit=x", "", "", 400, "malformed_request", 40010000},
		{"before the beginning", "GET", "/v1/events?after=-1", "", "", 400, "malformed_request", 40010000},
		{"too long a wait", "GET", "/v1/events?wait_ms=30001", "", "", 400, "malformed_request", 40010000},
		{"too deep", "GET", "/v1/book/X?depth=1001", "", "", 400, "malformed_request", 40010000},
		{"an unknown symbol", "GET", "/v1/book/Y", "", "", 404, "not_found", 40410000},
		{"no id", "GET", "/v1/orders/x", "", "", 400, "malformed_request", 40010000},
		{"no open order", "GET", "/v1/orders/" + id('3', 9), "", "", 404, "order_not_open", 40410001},
		{"a cursor that is none", "GET", "/v1/open-orders?cursor=-1", "", "", 400, "malformed_request", 40010000},
		{"too large a page", "GET", "/v1/open-orders?limit=10001", "", "", 400, "malformed_request", 40010000},
		{"a name that is none", "PUT", "/v1/readers/Trading", position(logID, 1), "", 400, "malformed_request", 40010000},
		{"another's name", "PUT", "/v1/readers/audit-log", position(logID, 1), "", 403, "forbidden", 40310000},
		{"nearly its own name", "PUT", "/v1/readers/tradings", position(logID, 1), "", 403, "forbidden", 40310000},
		{"no position", "PUT", "/v1/readers/trading", `{}`, "", 400, "malformed_request", 40010000},
		{"a brace too many", "PUT", "/v1/readers/trading", position(logID, 1) + "}", "", 400, "malformed_request", 40010000},
		{"a bracket behind it", "PUT", "/v1/readers/trading", position(logID, 1) + "]}", "", 400, "malformed_request", 40010000},
		{"two positions", "PUT", "/v1/readers/trading", position(logID, 1) + position(logID, 1), "", 400, "malformed_request", 40010000},
		{"too long a position", "PUT", "/v1/readers/trading", strings.Repeat(" ", 2000) + position(logID, 1), "", 400, "malformed_request", 40010000},
		{"another log", "PUT", "/v1/readers/trading", position(id('9', 9), 1), "", 409, "other_log", 40910000},
		{"past the end", "PUT", "/v1/readers/trading", position(logID, 1000), "", 409, "position_past_end", 40910001},
		{"nobody to forget", "DELETE", "/v1/readers/trading", "", "", 404, "not_found", 40410000},
		{"the engine's own reader", "DELETE", "/v1/readers/publisher", "", "", 403, "forbidden", 40310000},
		{"another method", "PUT", "/v1/commands", "", "", 405, "method_not_allowed", 40510000},
		{"another path", "GET", "/v1/nothing", "", "", 404, "not_found", 40410000},
	} {
		var header []string
		if c.token == "none" {
			header = []string{"Authorization", ""}
		} else if c.token != "" {
			header = []string{"Authorization", c.token}
		}
		a := s.ask(c.method, c.path, strings.NewReader(c.body), header...)
		a.refused(t, c.what, c.status, c.kind, c.code)
		if c.status == 405 && a.header.Get("Allow") != "POST" {
			t.Errorf("%s: allowed is %q", c.what, a.header.Get("Allow"))
		}
	}
}

func TestARequestKeepsItsId(t *testing.T) {
	s := serve(t)
	for sent, want := range map[string]string{id('7', 1): id('7', 1), "x": "made", "": "made"} {
		if a := s.ask("GET", "/v1/nothing", nil, "X-Request-ID", sent); a.RequestID != want || a.header.Get("X-Request-ID") != want {
			t.Errorf("%q: %s", sent, a.body)
		}
	}
}

// TestWhatIsTooMuchIsOverloaded: each of the bounds, and nothing of it is decided.
func TestWhatIsTooMuchIsOverloaded(t *testing.T) {
	s := serve(t, func(o *Options, e *engine.Options) {
		o.MaxCallBytes, o.MaxCommandsPerCall, o.MaxEventReaders, e.MaxRemembered, e.MaxQueued = 4000, 3, 1, 2, 3
	})
	s.post(listX())
	end := s.ask("GET", "/v1/status", nil).Last
	a := s.post(cancelOf(1), cancelOf(2), cancelOf(3), cancelOf(4))
	a.refused(t, "a call of too many", 400, "too_many_commands", 40010001)
	a = s.ask("POST", "/v1/commands", strings.NewReader(strings.Repeat(" ", 5000)))
	a.refused(t, "more bytes than there may be", 503, "overloaded", 50310000)
	a = s.ask("POST", "/v1/commands", io.MultiReader(strings.NewReader(`{}`))) // its length is not said
	a.refused(t, "as many bytes as there may be", 503, "overloaded", 50310000)
	a = s.post(cancelOf(1), cancelOf(2))
	a.refused(t, "more ids than are remembered", 503, "overloaded", 50310000)
	if held := s.server.bodies.taken.Load(); held != 0 {
		t.Errorf("%d bytes are held by nobody", held)
	}

	release, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.engine.Read(context.Background(), func(*sequencer.Sequencer) { close(held); <-release })
	}()
	<-held
	waiting := make(chan said, 1)
	go func() { waiting <- s.post(cancelOf(5)) }()
	eventually(t, "a call should wait", func() bool { return s.engine.QueuedCommands() == 1 })
	a = s.post(cancelOf(6), cancelOf(7), cancelOf(8))
	a.refused(t, "more commands than may wait", 503, "overloaded", 50310000)
	close(release)
	if a := <-waiting; a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}

	now := s.ask("GET", "/v1/status", nil).Last
	ctx, cancel := context.WithCancel(context.Background())
	polled := make(chan struct{})
	go func() {
		defer close(polled)
		poll := httptest.NewRequest("GET", fmt.Sprintf("/v1/events?after=%d&wait_ms=30000", now), nil).WithContext(ctx)
		poll.Header.Set("Authorization", "Bearer "+s.caller.Token(t, identitytest.Claims(time.Now())))
		s.server.Handler().ServeHTTP(httptest.NewRecorder(), poll)
	}()
	eventually(t, "a reader should wait", func() bool { return len(s.server.readers) == 1 })
	a = s.ask("GET", "/v1/events", nil)
	a.refused(t, "a reader too many", 503, "overloaded", 50310000)
	if now != end+1 {
		t.Fatalf("the log ends at %d, want %d: what was refused must leave nothing", now, end+1)
	}
	cancel()
	<-polled
	if a := s.ask("GET", "/v1/events", nil); a.status != 200 {
		t.Errorf("the slot is free again: %d %s", a.status, a.body)
	}
}

func TestWithoutRoomCommandsAreRefusedAndReadsGoOn(t *testing.T) {
	s := serve(t)
	s.post(listX(), placeX(1))
	arm(t, "no_room=error")
	a := s.post(cancelOf(1))
	a.refused(t, "a command", 503, "journal_full", 50310001)
	a = s.ask("GET", "/readyz", nil)
	a.refused(t, "readiness", 503, "journal_full", 50310001)
	if a := s.ask("GET", "/v1/status", nil); a.status != 200 || a.Takes {
		t.Errorf("status: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/healthz", "/v1/book/X", "/v1/open-orders", "/v1/events", "/v1/orders/" + id('3', 1)} {
		if a := s.ask("GET", path, nil); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if err := failpoint.Arm(""); err != nil {
		t.Fatal(err)
	}
	if a := s.post(cancelOf(1)); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := s.ask("GET", "/readyz", nil); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAStoppedEngineRefusesAll(t *testing.T) {
	s := serve(t)
	s.post(listX())
	s.stop()
	for _, c := range [][3]string{{"POST", "/v1/commands", `{"commands":[` + cancelOf(1) + `]}`}, {"GET", "/v1/book/X", ""}, {"GET", "/readyz", ""}} {
		a := s.ask(c[0], c[1], strings.NewReader(c[2]))
		a.refused(t, c[1], 503, "overloaded", 50310000)
	}
}

// TestAFailedWriteCutsTheConnection: nobody knows what became of the call, so it gets no answer.
func TestAFailedWriteCutsTheConnection(t *testing.T) {
	s := serve(t)
	arm(t, "fsync=error")
	request, err := http.NewRequest("POST", s.web.URL+"/v1/commands", strings.NewReader(`{"commands":[`+listX()+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.caller.Token(t, identitytest.Claims(time.Now())))
	if response, err := http.DefaultClient.Do(request); err == nil {
		t.Fatalf("it was answered: %d", response.StatusCode)
	}
	if err := <-s.ended; !errors.Is(err, failpoint.Err) {
		t.Fatal(err)
	} else {
		s.ended <- err
	}
}

// TestAStuckWriterIsNotReady: a probe says so when its time is over.
func TestAStuckWriterIsNotReady(t *testing.T) {
	s := serve(t)
	release, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.engine.Read(context.Background(), func(*sequencer.Sequencer) { close(held); <-release })
	}()
	<-held
	defer close(release)
	s.server.stuck = 50 * time.Millisecond
	a := s.ask("GET", "/readyz", nil)
	a.refused(t, "readiness", 503, "not_ready", 50310002)
}

// TestAnErrorThatNobodyKnowsIsInternal, and tells nothing of itself.
func TestAnErrorThatNobodyKnowsIsInternal(t *testing.T) {
	s := serve(t)
	recorder := httptest.NewRecorder()
	s.server.instrument("/x", func(http.ResponseWriter, *http.Request) error { return errors.New("/secret/path") }).
		ServeHTTP(recorder, httptest.NewRequest("GET", "/x", nil))
	if recorder.Code != 500 || strings.Contains(recorder.Body.String(), "secret") || !strings.Contains(recorder.Body.String(), `"code":50010000`) {
		t.Fatalf("%d %s", recorder.Code, recorder.Body)
	}
	for err, want := range map[error]string{
		journal.ErrUnready: "journal_full", context.Canceled: "overloaded", engine.ErrStopping: "overloaded", journal.ErrClosed: "internal",
	} {
		if p := asProblem(fmt.Errorf("wrapped: %w", err)); p.Type != want {
			t.Errorf("%v: %s, want %s", err, p.Type, want)
		}
	}
}
