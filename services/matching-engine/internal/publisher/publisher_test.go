package publisher

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/telemetry"
)

const (
	logID     = "0af76519-16cd-43dd-8448-eb211c80319c"
	traceText = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	patience  = 30 * time.Second
)

// memoryLog is a log whose archive is a slice.
type memoryLog struct {
	*eventlog.Log
	mutex sync.Mutex
	all   [][]byte
}

func newMemoryLog() *memoryLog {
	m := &memoryLog{}
	m.Log = eventlog.New(logID, m, eventlog.State{})
	return m
}

func (m *memoryLog) ReadEvents(after uint64, limit, _ int) ([][]byte, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.all[after:min(after+uint64(limit), uint64(len(m.all)))], nil
}

func (m *memoryLog) grow(count int, traced bool) {
	var group [][]byte
	m.mutex.Lock()
	for range count {
		n := len(m.all) + 1
		event := fmt.Appendf(nil, `{"sequence":%d,"time_ns":%d,"kind":"tick","data":{}`, n, n)
		if traced {
			event = fmt.Appendf(event, `,"trace":"%s"`, traceText)
		}
		event = append(event, '}')
		group, m.all = append(group, event), append(m.all, event)
	}
	last := uint64(len(m.all))
	m.mutex.Unlock()
	m.Commit(group, eventlog.State{LastSequence: last, JournalTimeNS: int64(last)})
}

func broker(t *testing.T) string {
	t.Helper()
	address := os.Getenv("TEST_BROKER_URL")
	if address == "" {
		t.Skip("TEST_BROKER_URL is not set: this test needs a RabbitMQ (make test starts one)")
	}
	return address
}

func publisher(t *testing.T, address, dir, exchange string, log *memoryLog) *Publisher {
	t.Helper()
	tracing, err := telemetry.NewTracing(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Options{URL: address, Dir: dir, Log: log.Log, Metrics: telemetry.NewMetrics(), Tracing: tracing, Exchange: exchange})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// run publishes until the function returned is called.
func run(t *testing.T, p *Publisher) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		p.Run(ctx)
		close(ended)
	}()
	stop := sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("the publisher does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

// consumer is a queue of its own behind an exchange of the test's own.
type consumer struct {
	t          *testing.T
	exchange   string
	deliveries <-chan amqp.Delivery
	sequence   uint64 // up to where the log was received
	repeated   int
}

func newConsumer(t *testing.T, address string) *consumer {
	t.Helper()
	connection, err := amqp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	c := &consumer{t: t, exchange: fmt.Sprintf("test.%s.%d", t.Name(), time.Now().UnixNano())}
	t.Cleanup(func() {
		_ = channel.ExchangeDelete(c.exchange, false, false)
		_ = connection.Close()
	})
	if err := channel.ExchangeDeclare(c.exchange, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	queue, err := channel.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := channel.QueueBind(queue.Name, "", c.exchange, false, nil); err != nil {
		t.Fatal(err)
	}
	if c.deliveries, err = channel.Consume(queue.Name, "", true, true, false, false, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// until receives up to a sequence and fails on a gap. It returns the last delivery.
func (c *consumer) until(sequence uint64) (last amqp.Delivery) {
	c.t.Helper()
	for c.sequence < sequence {
		select {
		case last = <-c.deliveries:
		case <-time.After(patience):
			c.t.Fatalf("received up to %d, waiting for %d", c.sequence, sequence)
		}
		var page struct {
			LogID  string `json:"log_id"`
			Last   uint64 `json:"last_sequence"`
			Events []struct{ Sequence uint64 }
		}
		if err := json.Unmarshal(last.Body, &page); err != nil || page.LogID != logID || len(page.Events) == 0 {
			c.t.Fatalf("%s: %v", last.Body, err)
		}
		for _, e := range page.Events {
			switch {
			case e.Sequence <= c.sequence:
				c.repeated++
			case e.Sequence != c.sequence+1 || e.Sequence > page.Last:
				c.t.Fatalf("sequence %d follows %d in a page of a log that ends at %d", e.Sequence, c.sequence, page.Last)
			default:
				c.sequence++
			}
		}
	}
	return last
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestTheWholeLogArrivesInOrderAndARestartGoesOnWhereItWas(t *testing.T) {
	address, dir, log := broker(t), t.TempDir(), newMemoryLog()
	c := newConsumer(t, address)
	log.grow(3000, false) // from before the publisher was there
	p := publisher(t, address, dir, c.exchange, log)
	stop := run(t, p)
	for range 200 {
		log.grow(7, false)
	}
	c.until(4400)
	log.grow(2, true)
	delivery := c.until(4402)
	if got, _ := delivery.Headers["traceparent"].(string); len(got) != traceparentBytes || got[:35] != traceText[:35] || got == traceText {
		t.Fatalf("the message carries the trace %q, want a child of %s", got, traceText)
	}
	if delivery.DeliveryMode != amqp.Persistent {
		t.Fatal("the message is not persistent")
	}
	eventually(t, "everything should be confirmed", func() bool { return p.Lag() == 0 })
	stop()
	log.grow(10, false)
	run(t, publisher(t, address, dir, c.exchange, log))
	c.until(4412)
	if c.repeated != 0 {
		t.Fatalf("%d events were published twice though every one was confirmed", c.repeated)
	}
}

func TestABrokerThatComesAndGoesMissesNothing(t *testing.T) {
	address, log := broker(t), newMemoryLog()
	c := newConsumer(t, address)
	way := newWay(t, address)
	p := publisher(t, way.url, t.TempDir(), c.exchange, log)
	run(t, p)
	for round := range 4 {
		for range 20 {
			log.grow(25, false)
		}
		if round%2 == 0 {
			eventually(t, "the publisher should be connected", way.cut) // in the middle, with confirmations under way
		}
		log.grow(100, false)
		c.until(log.State().LastSequence)
	}
	eventually(t, "everything should be confirmed", func() bool { return p.Lag() == 0 })
}

// way is a TCP connection to the broker that can be cut.
type way struct {
	url   string
	mutex sync.Mutex
	open  []net.Conn
}

func newWay(t *testing.T, address string) *way {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	through := *target
	through.Host = listener.Addr().String()
	w := &way{url: through.String()}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", target.Host)
			if err != nil {
				_ = near.Close()
				continue
			}
			w.mutex.Lock()
			w.open = append(w.open, near, far)
			w.mutex.Unlock()
			go func() { _, _ = io.Copy(far, near) }()
			go func() { _, _ = io.Copy(near, far) }()
		}
	}()
	return w
}

// cut closes what is open and says whether that was anything.
func (w *way) cut() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	any := len(w.open) > 0
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
	return any
}

func TestWithoutABrokerTheLogGrowsAndTheLagShows(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "amqp://guest:guest@" + listener.Addr().String() + "/"
	_ = listener.Close()
	log := newMemoryLog()
	p := publisher(t, nobody, t.TempDir(), Exchange, log)
	stop := run(t, p)
	log.grow(5, false)
	if p.Lag() != 5 {
		t.Fatalf("lag %f", p.Lag())
	}
	stop()
}

func TestThePositionBelongsToOneLog(t *testing.T) {
	dir := t.TempDir()
	if err := keepPosition(dir, logID, 42); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]uint64{logID: 42, "another": 0} {
		if got, err := readPosition(dir, id); err != nil || got != want {
			t.Errorf("log %s goes on at %d, want %d: %v", id, got, want, err)
		}
	}
	log := newMemoryLog()
	log.grow(41, false)
	if _, err := New(Options{Dir: dir, Log: log.Log}); err == nil {
		t.Fatal("the log is shorter than what was published, and the publisher starts")
	}
}

func TestABrokerThatSaysNothingDoesNotHoldUpTheEnd(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	log := newMemoryLog()
	stop := run(t, publisher(t, "amqp://x:y@"+silent.Addr().String()+"/", t.TempDir(), "none", log))
	accepted, err := silent.Accept() // it waits for the broker's first words now
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	began := time.Now()
	stop()
	if took := time.Since(began); took > confirmTimeout/2 {
		t.Fatalf("the end took %s", took)
	}
}

// holder is a context that counts what it would call at its end, and so keeps.
type holder struct {
	context.Context
	kept atomic.Int64
}

func (h *holder) AfterFunc(f func()) func() bool {
	h.kept.Add(1)
	stop := context.AfterFunc(h.Context, f)
	return func() bool {
		h.kept.Add(-1)
		return stop()
	}
}

func (h *holder) Value(any) any { return nil } // or the standard library would know it as one of its own

func TestASessionThatEndedLeavesNothingWithTheContext(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan error, 1)
	go func() {
		connection, err := listener.Accept()
		if err == nil {
			err = connection.Close()
		}
		accepted <- err
	}()
	p := publisher(t, "amqp://x:y@"+listener.Addr().String()+"/", t.TempDir(), "none", newMemoryLog())
	process := &holder{Context: t.Context()}
	if err := p.session(process); err == nil {
		t.Fatal("there was no broker, and no error")
	}
	if err := <-accepted; err != nil {
		t.Fatal(err)
	}
	if kept := process.kept.Load(); kept != 0 {
		t.Fatalf("%d functions wait for the end of the process", kept)
	}
}
