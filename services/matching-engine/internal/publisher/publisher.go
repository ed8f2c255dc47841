// Package publisher hands the log to RabbitMQ: pages of events, in order, at least once, confirmed by the
// broker. It reads the log as any reader does. The broker may be away for any time: the engine does not
// notice, and the publisher goes on where the broker's confirmations ended.
package publisher

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/telemetry"
)

// Exchange is where the log goes: durable, fanout.
const Exchange = "engine.events"

const (
	maxEventsPerMessage = 500
	maxMessageBytes     = 1 << 20
	maxUnconfirmed      = 32 // messages
	confirmTimeout      = 30 * time.Second
	heartbeat           = 10 * time.Second
	firstPause          = 100 * time.Millisecond
	longestPause        = 5 * time.Second
)

// Reader is the name under which the publisher's position is kept among those of the log's readers: what it has not
// published is not deleted.
const Reader = "publisher"

// Positions keep where readers are, durably: a journal.
type Positions interface {
	Positions() map[string]uint64
	Confirm(reader string, sequence uint64) error
}

// Options of a publisher.
type Options struct {
	URL       string // amqp://...
	Log       *eventlog.Log
	Positions Positions
	Metrics   *telemetry.Metrics
	Tracing   *telemetry.Tracing
	Exchange  string // Exchange, but for tests that share a broker
}

// Publisher publishes one log.
type Publisher struct {
	options   Options
	confirmed atomic.Uint64
	connected atomic.Bool
	progress  chan struct{} // holds a sign when something was confirmed or the connection ended
}

// New makes a publisher that goes on where the last one's position ended, or at the log's beginning.
func New(options Options) (*Publisher, error) {
	sequence, known := options.Positions.Positions()[Reader]
	log := options.Log
	if last := log.State().LastSequence; sequence > last {
		return nil, fmt.Errorf("the publisher's position %d lies past the log's end %d: the log lost its tail; "+
			"restore it, or remove the readers' positions to publish it from its beginning", sequence, last)
	}
	if first := log.FirstSequence(); sequence+1 < first {
		if known {
			slog.Error("events were deleted before they were published; consumers will miss them",
				"after_sequence", sequence, "first_sequence", first)
		}
		sequence = first - 1
	}
	p := &Publisher{options: options, progress: make(chan struct{}, 1)}
	p.confirmed.Store(sequence)
	return p, options.Positions.Confirm(Reader, sequence)
}

// Lag is how many events the broker has not confirmed yet.
func (p *Publisher) Lag() float64 {
	confirmed := p.confirmed.Load()
	return float64(p.options.Log.State().LastSequence - confirmed)
}

// Drain waits until everything is published, the broker goes away or the context is done. For the end of the process,
// when the log grows no more: what is left then is published by the next start.
func (p *Publisher) Drain(ctx context.Context) {
	for p.connected.Load() && p.Lag() > 0 {
		select {
		case <-p.progress:
		case <-ctx.Done():
			return
		}
	}
}

func (p *Publisher) sign() {
	select {
	case p.progress <- struct{}{}:
	default:
	}
}

// Run publishes until the context is done, connecting again whenever the broker goes away. It ends before that only when
// the log no longer holds what comes next: then somebody has to say whether consumers may miss that.
func (p *Publisher) Run(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		before := p.confirmed.Load()
		err := p.session(ctx)
		if ctx.Err() != nil {
			break
		}
		if errors.Is(err, journal.ErrDeleted) {
			p.options.Metrics.PublisherStopped.Set(1)
			slog.Error("publishing has ended: the log no longer holds the events after the publisher's position. A start goes on with the "+
				"first that it holds, and consumers miss the ones between (docs/operations.md)",
				"after_sequence", p.confirmed.Load(), "first_sequence", p.options.Log.FirstSequence())
			return
		}
		if p.confirmed.Load() > before {
			pause = firstPause
		}
		slog.Warn("not publishing to the broker; trying again", "error", err, "pause_ms", pause.Milliseconds())
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
	}
}

// connect is amqp's own way to connect, but that it ends soon after the context does: a broker that does not answer
// must not hold up the end of the process.
func (p *Publisher) connect(ctx context.Context) (*amqp.Connection, error) {
	// The context lives as long as the process, and would keep every connection that it may still have to end.
	release := func() bool { return false }
	defer func() { release() }()
	dial := func(network, address string) (net.Conn, error) {
		dialer := net.Dialer{Timeout: confirmTimeout}
		connection, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		// For the handshake, after which amqp takes it away.
		if err := connection.SetDeadline(time.Now().Add(confirmTimeout)); err != nil {
			_ = connection.Close()
			return nil, err
		}
		release = context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Now().Add(time.Second)) })
		return connection, nil
	}
	return amqp.DialConfig(p.options.URL, amqp.Config{
		Heartbeat: heartbeat, Dial: dial, Properties: amqp.Table{"connection_name": telemetry.ServiceName},
	})
}

// session is one connection's life.
func (p *Publisher) session(ctx context.Context) error {
	connection, err := p.connect(ctx)
	if err != nil {
		return err
	}
	// Closing the connection also frees a publish that hangs in a full socket.
	defer context.AfterFunc(ctx, func() { _ = connection.CloseDeadline(time.Now().Add(time.Second)) })()
	defer func() { _ = connection.CloseDeadline(time.Now().Add(time.Second)) }()
	channel, err := connection.Channel()
	if err != nil {
		return err
	}
	if err := channel.ExchangeDeclare(p.options.Exchange, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
		return err
	}
	if err := channel.Confirm(false); err != nil {
		return err
	}
	p.options.Metrics.Reconnections.Inc()
	slog.Info("publishing to the broker", "exchange", p.options.Exchange, "after_sequence", p.confirmed.Load())
	p.connected.Store(true)
	defer func() {
		p.connected.Store(false)
		p.sign()
	}()
	return p.publish(ctx, channel)
}

// sent is a message under way.
type sent struct {
	last    uint64
	events  int
	confirm *amqp.DeferredConfirmation
	span    *telemetry.Span
	at      time.Time
}

// publish sends pages as the log grows, with a window of messages whose confirmation is awaited in order.
func (p *Publisher) publish(ctx context.Context, channel *amqp.Channel) error {
	var window []sent
	next := p.confirmed.Load()
	for {
		if len(window) < maxUnconfirmed {
			message, err := p.send(ctx, channel, next)
			if err != nil {
				return err
			}
			if message.events > 0 {
				next, window = message.last, append(window, message)
				continue
			}
		}
		if len(window) > 0 {
			if err := p.await(ctx, window[0]); err != nil {
				return err
			}
			window = window[1:]
			continue
		}
		if err := p.options.Log.Wait(ctx, next); err != nil {
			return err
		}
		if channel.IsClosed() {
			return amqp.ErrClosed
		}
	}
}

func (p *Publisher) send(ctx context.Context, channel *amqp.Channel, after uint64) (sent, error) {
	page, err := p.options.Log.Read(after, maxEventsPerMessage, maxMessageBytes)
	if err != nil || len(page.Ends) == 0 {
		return sent{}, err
	}
	_ = failpoint.Hit(failpoint.BeforePublish)
	message := sent{last: after + uint64(len(page.Ends)), events: len(page.Ends), at: time.Now()}
	publishing := amqp.Publishing{
		ContentType: "application/json", DeliveryMode: amqp.Persistent,
		Body: encode(p.options.Log.LogID, &page),
	}
	if parents := traces(page.Events()); len(parents) > 0 {
		span := p.options.Tracing.Start(parents[0], "engine.publish", trace.SpanKindProducer, parents[1:],
			attribute.String("messaging.system", "rabbitmq"),
			attribute.String("messaging.destination.name", p.options.Exchange),
			attribute.Int("messaging.batch.message_count", message.events),
			attribute.Int64("engine.last_sequence", int64(message.last)))
		message.span = &span
		publishing.Headers = amqp.Table{"traceparent": span.Traceparent}
	}
	message.confirm, err = channel.PublishWithDeferredConfirmWithContext(ctx, p.options.Exchange, "", false, false, publishing)
	return message, err
}

// await waits for the oldest message's confirmation and moves the position.
func (p *Publisher) await(ctx context.Context, oldest sent) error {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	acknowledged, err := oldest.confirm.WaitContext(ctx)
	if oldest.span != nil {
		oldest.span.End(attribute.Bool("messaging.confirmed", err == nil && acknowledged))
	}
	if err != nil {
		return fmt.Errorf("the broker did not confirm: %w", err)
	}
	if !acknowledged {
		return errors.New("the broker refused a message")
	}
	_ = failpoint.Hit(failpoint.BeforeConfirm)
	p.confirmed.Store(oldest.last)
	p.options.Metrics.Published.Add(float64(oldest.events))
	p.options.Metrics.PublishSeconds.Observe(time.Since(oldest.at).Seconds())
	p.sign()
	if err := p.options.Positions.Confirm(Reader, oldest.last); err != nil {
		slog.Error("the publisher's position cannot be kept; a restart will publish again", "error", err)
	}
	return nil
}
