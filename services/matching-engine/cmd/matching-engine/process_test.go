package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"daytrading/matching-engine/internal/identity/identitytest"
)

// binary is the real program, built once.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "matching-engine")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "matching-engine")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// process is the program under test with its data folder; it can be ended and started again.
type process struct {
	t       *testing.T
	caller  *identitytest.Caller
	dir     string
	address string
	command *exec.Cmd
	logs    *lockedBuffer
	exited  chan error
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

func newProcess(t *testing.T) *process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p := &process{t: t, caller: identitytest.New(t), dir: t.TempDir(), address: listener.Addr().String()}
	t.Cleanup(func() {
		if p.command != nil {
			p.kill()
		}
	})
	return p
}

// start runs the program until it is ready, or until it ends.
func (p *process) start(environment ...string) {
	p.t.Helper()
	p.startUntil("/readyz", environment...)
}

// startUntil runs the program until a path answers 200, or until it ends.
func (p *process) startUntil(path string, environment ...string) {
	p.t.Helper()
	p.logs, p.exited = &lockedBuffer{}, make(chan error, 1)
	p.command = exec.Command(binary)
	p.command.Stderr = p.logs
	p.command.Env = append(os.Environ(), append([]string{
		"LISTEN_ADDRESS=" + p.address, "DATA_DIR=" + p.dir, "SERVICE_KEYS_FILE=" + p.caller.KeySetFile,
		"TICK_INTERVAL=50ms", "SEGMENT_BYTES=65536", "BROKER_URL=", "FAILPOINTS=",
	}, environment...)...)
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	command, exited := p.command, p.exited
	go func() { exited <- command.Wait() }()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if response, err := http.Get("http://" + p.address + path); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-p.exited:
			p.t.Fatalf("the engine ended while it started: %v\n%s", err, p.logs)
		case <-time.After(5 * time.Millisecond):
		}
	}
	p.t.Fatalf("the engine is not ready\n%s", p.logs)
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	p.ended()
}

// ended waits for the end of the program and returns what Wait said.
func (p *process) ended() error {
	p.t.Helper()
	select {
	case err := <-p.exited:
		p.command = nil
		return err
	case <-time.After(20 * time.Second):
		p.t.Fatalf("the engine did not end\n%s", p.logs)
		return nil
	}
}

func (p *process) terminate() error {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	return p.ended()
}

type result struct {
	CommandID     string `json:"command_id"`
	Outcome       string `json:"outcome"`
	Reason        string `json:"reason"`
	FirstSequence uint64 `json:"first_sequence"`
	LastSequence  uint64 `json:"last_sequence"`
	Repeated      bool   `json:"repeated"`
}

type answer struct {
	LogID         string   `json:"log_id"`
	LastSequence  uint64   `json:"last_sequence"`
	JournalTimeNS int64    `json:"journal_time_ns"`
	Results       []result `json:"results"`
}

func (p *process) do(method, path string, body string) (int, []byte, error) {
	request, err := http.NewRequest(method, "http://"+p.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.caller.Token(p.t, identitytest.Claims(time.Now())))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return response.StatusCode, content, err
}

// submit sends commands; ok says that the answer was 200 and came whole.
func (p *process) submit(commands ...string) (a answer, ok bool) {
	status, content, err := p.do("POST", "/v1/commands", `{"commands":[`+strings.Join(commands, ",")+`]}`)
	if err != nil || status != http.StatusOK {
		return answer{}, false
	}
	if err := json.Unmarshal(content, &a); err != nil {
		p.t.Errorf("an answer that is not JSON: %s", content)
		return answer{}, false
	}
	return a, true
}

type logged struct {
	Sequence uint64          `json:"sequence"`
	TimeNS   int64           `json:"time_ns"`
	Kind     string          `json:"kind"`
	Data     json.RawMessage `json:"data"`
}

// log reads all events, page by page, and checks that there is no gap.
func (p *process) log() []logged {
	p.t.Helper()
	var all []logged
	for {
		status, content, err := p.do("GET", fmt.Sprintf("/v1/events?after=%d&limit=777", len(all)), "")
		if err != nil || status != http.StatusOK {
			p.t.Fatalf("events: %d %s %v", status, content, err)
		}
		var page struct {
			LastSequence uint64   `json:"last_sequence"`
			Events       []logged `json:"events"`
		}
		if err := json.Unmarshal(content, &page); err != nil {
			p.t.Fatal(err)
		}
		for _, e := range page.Events {
			if e.Sequence != uint64(len(all))+1 {
				p.t.Fatalf("sequence %d follows %d", e.Sequence, len(all))
			}
			all = append(all, e)
		}
		if uint64(len(all)) >= page.LastSequence {
			return all
		}
	}
}

func list(n int, symbol string) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"list_symbol","symbol":%q}`, uuid('1', n), symbol)
}

func place(n int, side string, price, lots int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"place","expires_at_ns":%d,"order":{"order_id":%q,"account_id":%q,`+
		`"client_order_id":"c-%d","symbol":"X","side":%q,"order_type":"limit","time_in_force":"gtc",`+
		`"limit_price_ticks":%d,"quantity_lots":%d,"terms":{}}}`,
		uuid('2', n), time.Now().Add(20*time.Second).UnixNano(), uuid('3', n), uuid('4', n%5), n, side, price, lots)
}

func cancel(n, order int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"cancel","order_id":%q,"account_id":%q}`, uuid('5', n), uuid('3', order), uuid('4', order%5))
}

func uuid(kind byte, n int) string { return fmt.Sprintf("%c0000000-0000-4000-8000-%012d", kind, n) }

func replace(n, order, with int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":"replace","expires_at_ns":%d,"order_id":%q,"account_id":%q,"new_order_id":%q,"limit_price_ticks":%d}`,
		uuid('6', n), time.Now().Add(20*time.Second).UnixNano(), uuid('3', order), uuid('4', order%5), uuid('3', with), 90+n%11)
}

func pair(limit, stop int) string {
	order := func(n int, kind string) string {
		return fmt.Sprintf(`{"order_id":%q,"account_id":%q,"client_order_id":"c-%d","symbol":"X","side":"sell","order_type":%s,`+
			`"time_in_force":"day","quantity_lots":2,"terms":{}}`, uuid('3', n), uuid('4', limit%5), n, kind)
	}
	return fmt.Sprintf(`{"command_id":%q,"kind":"place_pair","expires_at_ns":%d,"limit_order":%s,"stop_order":%s}`,
		uuid('7', limit), time.Now().Add(20*time.Second).UnixNano(),
		order(limit, `"limit","limit_price_ticks":101`), order(stop, `"stop","limit_price_ticks":80,"stop_price_ticks":89`))
}

func symbol(kind string, id byte, n int) string {
	return fmt.Sprintf(`{"command_id":%q,"kind":%q,"symbol":"X"}`, uuid(id, n), kind)
}
