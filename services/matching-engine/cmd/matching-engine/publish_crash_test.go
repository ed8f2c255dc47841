package main

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daytrading/matching-engine/internal/publisher"
)

// TestWhatWasPublishedBeforeItsPositionWasKeptIsPublishedAgain kills the engine when the broker has confirmed a
// message whose position is not kept. The next start repeats that message, and leaves nothing out.
func TestWhatWasPublishedBeforeItsPositionWasKeptIsPublishedAgain(t *testing.T) {
	address := os.Getenv("TEST_BROKER_URL")
	if address == "" {
		t.Skip("TEST_BROKER_URL is not set: this test needs a RabbitMQ (make test starts one)")
	}
	messages := subscribe(t, address)
	p := newProcess(t)
	p.start("BROKER_URL="+address, "FAILPOINTS=idle_tick=error,before_confirm=exit@2")
	logID := p.logID()
	received := map[uint64]int{} // how often each event came
	until := func(what string, holds func() bool) {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for !holds() {
			select {
			case message := <-messages:
				count(t, received, logID, message.Body)
			case <-deadline:
				t.Fatalf("waiting for %s; received %v", what, received)
			}
		}
	}
	until("the tick of the start", func() bool { return received[2] == 1 })
	const listed = 3              // the first command's only event, after the limits and the tick
	_, _ = p.submit(list(1, "X")) // its answer may come before the kill or not: the publisher waits for no reader
	if err := p.ended(); err == nil {
		t.Fatal("the engine should have been killed")
	}
	until("what was confirmed", func() bool { return received[listed] == 1 })
	p.start("BROKER_URL=" + address)
	if event := p.log()[listed-1]; event.Sequence != listed || event.Kind != "symbol_listed" {
		t.Fatalf("event %d of the log is %+v", listed, event)
	}
	if _, ok := p.submit(list(2, "Y")); !ok {
		t.Fatal("the symbol was not listed")
	}
	last := p.log()[len(p.log())-1].Sequence
	until("the whole log", func() bool {
		for sequence := uint64(1); sequence <= last; sequence++ {
			if received[sequence] == 0 {
				return false
			}
		}
		return true
	})
	if received[listed] != 2 {
		t.Fatalf("event %d came %d times, want once from each life of the engine", listed, received[listed])
	}
}

// subscribe receives everything that any engine publishes at this broker from now on.
func subscribe(t *testing.T, address string) <-chan amqp.Delivery {
	t.Helper()
	connection, err := amqp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	channel, err := connection.Channel()
	if err != nil {
		t.Fatal(err)
	}
	if err := channel.ExchangeDeclare(publisher.Exchange, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	queue, err := channel.QueueDeclare("", false, true, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := channel.QueueBind(queue.Name, "", publisher.Exchange, false, nil); err != nil {
		t.Fatal(err)
	}
	messages, err := channel.Consume(queue.Name, "", true, true, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return messages
}

func count(t *testing.T, received map[uint64]int, logID string, body []byte) {
	t.Helper()
	var page struct {
		LogID  string   `json:"log_id"`
		Events []logged `json:"events"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if page.LogID != logID {
		return // another engine's, at the same broker
	}
	for _, e := range page.Events {
		received[e.Sequence]++
	}
}

func (p *process) logID() string {
	p.t.Helper()
	_, content, err := p.do("GET", "/v1/status", "")
	var status struct {
		LogID string `json:"log_id"`
	}
	if err != nil || json.Unmarshal(content, &status) != nil || status.LogID == "" {
		p.t.Fatalf("status: %s %v", content, err)
	}
	return status.LogID
}
