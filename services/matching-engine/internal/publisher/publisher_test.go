package publisher

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/eventlog/eventlogtest"
	"daytrading/matching-engine/internal/telemetry"
)

const (
	traceText = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	patience  = 30 * time.Second
)

// memoryLog is a log that grows when a test wants it to, with the positions of its readers.
type memoryLog struct {
	*eventlog.Log
	source *eventlogtest.Source
	listed int

	mutex     sync.Mutex
	positions map[string]uint64
}

func newMemoryLog(t *testing.T) *memoryLog {
	m := &memoryLog{source: eventlogtest.New(t), positions: map[string]uint64{}}
	m.Log = eventlog.New(m.source, eventlog.State{})
	return m
}

func (m *memoryLog) Positions() map[string]uint64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return maps.Clone(m.positions)
}

func (m *memoryLog) Confirm(reader string, sequence uint64) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.positions[reader] = sequence
	return nil
}

// grow commits a group of ticks, or of traced commands.
func (m *memoryLog) grow(count int, traced bool) {
	commands := eventlogtest.Ticks(count)
	if traced {
		trace, _ := command.ParseTrace([]byte(traceText))
		for i := range commands {
			m.listed++
			commands[i] = command.Command{ID: book.ID{1, byte(m.listed)}, Kind: command.ListSymbol, Symbol: []byte("X"), Trace: trace}
		}
	}
	g := m.source.Group(commands...)
	m.Commit(g, eventlog.State{LastSequence: g.LastSequence(), JournalTimeNS: g.LastStampNS()})
}

func broker(t *testing.T) string {
	t.Helper()
	address := os.Getenv("TEST_BROKER_URL")
	if address == "" {
		t.Skip("TEST_BROKER_URL is not set: this test needs a RabbitMQ (make test starts one)")
	}
	return address
}

func publisher(t *testing.T, address, exchange string, log *memoryLog) *Publisher {
	t.Helper()
	tracing, err := telemetry.NewTracing(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Options{URL: address, Log: log.Log, Positions: log, Metrics: telemetry.NewMetrics(), Tracing: tracing, Exchange: exchange})
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
		if err := json.Unmarshal(last.Body, &page); err != nil || page.LogID != eventlogtest.LogID || len(page.Events) == 0 {
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
	address, log := broker(t), newMemoryLog(t)
	c := newConsumer(t, address)
	log.grow(3000, false) // from before the publisher was there
	p := publisher(t, address, c.exchange, log)
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
	run(t, publisher(t, address, c.exchange, log))
	c.until(4412)
	if c.repeated != 0 {
		t.Fatalf("%d events were published twice though every one was confirmed", c.repeated)
	}
}

func TestABrokerThatComesAndGoesMissesNothing(t *testing.T) {
	address, log := broker(t), newMemoryLog(t)
	c := newConsumer(t, address)
	way := newWay(t, address)
	p := publisher(t, way.url, c.exchange, log)
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
	log := newMemoryLog(t)
	p := publisher(t, nobody, Exchange, log)
	stop := run(t, p)
	log.grow(5, false)
	if p.Lag() != 5 {
		t.Fatalf("lag %f", p.Lag())
	}
	stop()
}

func TestAPositionPastTheLogsEndStopsTheStart(t *testing.T) {
	log := newMemoryLog(t)
	log.grow(41, false)
	log.positions[Reader] = 42
	if _, err := New(Options{Log: log.Log, Positions: log}); err == nil || !strings.Contains(err.Error(), "lost its tail") {
		t.Fatal("the log is shorter than what was published, and the publisher starts:", err)
	}
	log.grow(1, false)
	if _, err := New(Options{Log: log.Log, Positions: log}); err != nil {
		t.Fatal(err)
	}
}

func TestAPublisherIsAReaderFromItsFirstMoment(t *testing.T) {
	log := newMemoryLog(t)
	log.grow(10, false)
	log.source.Delete(4)
	p, err := New(Options{Log: log.Log, Positions: log})
	if err != nil || p.Lag() != 6 || log.positions[Reader] != 4 {
		t.Fatalf("it begins %f events before the end, and %v is kept: %v", p.Lag(), log.positions, err)
	}
}

// TestWhatIsNoLongerThereEndsThePublishing, since to go on would hide from consumers that they missed something.
func TestWhatIsNoLongerThereEndsThePublishing(t *testing.T) {
	address := broker(t)
	log := newMemoryLog(t)
	log.grow(10, false)
	p := publisher(t, address, newConsumer(t, address).exchange, log)
	log.source.Delete(4)
	ended := make(chan struct{})
	go func() {
		p.Run(context.Background())
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the publisher goes on trying")
	}
	families, err := p.options.Metrics.Registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "matching_engine_publisher_stopped" && family.GetMetric()[0].GetGauge().GetValue() == 1 && p.Lag() == 10 {
			return
		}
	}
	t.Fatal("it does not say that it ended")
}

func TestADrainEndsWhenAllIsPublishedOrNobodyIsThere(t *testing.T) {
	address, log := broker(t), newMemoryLog(t)
	c := newConsumer(t, address)
	p := publisher(t, address, c.exchange, log)
	log.grow(100, false)
	p.Drain(t.Context()) // not connected: at once
	if p.Lag() != 100 {
		t.Fatal("nothing can have been published")
	}
	run(t, p)
	c.until(100)
	for range 50 {
		log.grow(100, false)
	}
	p.Drain(t.Context())
	if p.Lag() != 0 {
		t.Fatalf("%f events were left behind by a drain", p.Lag())
	}
	c.until(5100)
}

func TestABrokerThatSaysNothingDoesNotHoldUpTheEnd(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	log := newMemoryLog(t)
	stop := run(t, publisher(t, "amqp://x:y@"+silent.Addr().String()+"/", "none", log))
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
	p := publisher(t, "amqp://x:y@"+listener.Addr().String()+"/", "none", newMemoryLog(t))
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
