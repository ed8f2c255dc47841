package engine

import (
	"errors"
	"time"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/failpoint"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/sequencer"
)

// decider is the first half of the pipeline: what only its goroutine touches. The sequencer is ahead of the disk by
// the groups that are under way.
type decider struct {
	*Engine
	group    *group
	calls    []*Call // taken from the inbox; those before next are in groups
	next     int
	readings []*reading
	events   []byte // reused
	record   []byte // reused

	sealed int // bytes of the group that is being formed, when it was last offered
}

// run goes round until there is nothing left after Stop, or the committer failed. It closes `groups` behind it.
func (d *decider) run() {
	defer close(d.groups)
	idle := time.NewTimer(d.options.TickInterval)
	defer idle.Stop()
	for {
		stopped := d.takeAll()
		for d.next < len(d.calls) {
			if !d.decideSome() {
				return
			}
		}
		d.tickIfSilent()
		d.lookAll()
		if d.group.empty() {
			if stopped {
				return
			}
			select {
			case <-d.inbox.wake:
			case <-idle.C:
				idle.Reset(d.tickIfSilent())
			case <-d.failed:
				return
			}
			continue
		}
		if !d.waitOrHandOver() {
			return
		}
	}
}

// takeAll swaps the used-up lists against what waits in the inbox.
func (d *decider) takeAll() (stopped bool) {
	clear(d.calls)
	clear(d.readings)
	d.next = 0
	d.calls, d.readings, stopped = d.inbox.take(d.calls, d.readings)
	return stopped
}

// waitOrHandOver lets the group go when the committer is free; until then more may come for it.
func (d *decider) waitOrHandOver() bool {
	d.seal()
	select {
	case d.groups <- d.group:
		d.another()
		return true
	case <-d.inbox.wake:
		return true
	case <-d.failed:
		return false
	}
}

// handOver lets the group go, and waits for the committer when it must.
func (d *decider) handOver(must bool) bool {
	if d.group.empty() {
		return true // every call was refused
	}
	d.seal()
	if !must {
		select {
		case d.groups <- d.group:
			d.another()
		default:
		}
		return true
	}
	select {
	case d.groups <- d.group:
		d.another()
		return true
	case <-d.failed:
		return false
	}
}

// another begins the next group in the buffers of the one before the one that was handed over.
func (d *decider) another() {
	d.committing.Add(int64(d.sealed))
	d.group = <-d.free
}

// seal notes what holds at the group's end.
func (d *decider) seal() {
	d.group.state = d.state()
	d.sealed = d.group.records.Bytes()
	d.group.tally.QueuedAfter = d.inbox.commands.Load()
}

// decideSome decides the next few calls, about a window's worth of commands, and offers the group to the committer.
func (d *decider) decideSome() bool {
	if len(d.group.calls) == 0 {
		_ = failpoint.Hit(failpoint.BeforeApply)
	}
	began := d.options.Clock.Monotonic()
	last, commands := d.next, 0
	for last < len(d.calls) && commands < window {
		c := d.calls[last]
		d.sequencer.Ahead(c.Commands[:min(len(c.Commands), window)])
		commands += len(c.Commands)
		last++
	}
	for ; d.next < last; d.next++ {
		d.decideCall(d.calls[d.next])
	}
	d.inbox.commands.Add(-int64(commands))
	d.group.tally.DecideSeconds += float64(d.options.Clock.Monotonic()-began) / 1e9
	return d.handOver(d.group.full())
}

// decideCall decides a call whole, or refuses it whole.
func (d *decider) decideCall(c *Call) {
	now := d.time.now()
	if err := d.refusal(c, now); err != nil {
		if c.Err = err; journal.Refusing(err) || errors.Is(err, ErrOverloaded) {
			c.Answered(c) // at once: it promises nothing that would have to be on disk
		}
		return // otherwise the journal has failed, and nobody is answered
	}
	for from := 0; from < len(c.Commands); from += window {
		commands := c.Commands[from:min(from+window, len(c.Commands))]
		if from > 0 {
			d.sequencer.Ahead(commands)
		}
		for i := range commands {
			c.Decisions = append(c.Decisions, d.decide(&commands[i], now))
		}
	}
	d.group.calls = append(d.group.calls, c)
	d.group.tally.Commands += len(c.Commands)
}

// refusal says why nothing of a call can be decided at a moment.
func (d *decider) refusal(c *Call, now int64) error {
	if err := d.begin(); err != nil {
		return err
	}
	if int64(d.sequencer.Remembered()+len(c.Commands)) > d.options.MaxRemembered {
		return ErrOverloaded
	}
	due := d.sequencer.Due(d.time.next(now) + int64(len(c.Commands))) // the last stamp that the call can get without a tick
	return d.roomFor(ownBytes(c) + LeavingBytes*d.leaving(c, due))
}

// roomFor says whether the journal takes so many bytes beyond what is under way.
func (d *decider) roomFor(bytes int64) error {
	need := min(rounded(d.undurableBytes()+bytes), maxNeed)
	err := d.journal.Room(need)
	if err != nil && need > d.refused.Load() {
		d.refused.Store(need)
	}
	return err
}

// roomForTicks is the same for ticks up to a stamp, and one command of the engine's own.
func (d *decider) roomForTicks(stamp int64) error {
	bytes := int64(2 * recordBytes)
	if d.sequencer.Due(stamp) {
		bytes += LeavingBytes * d.sequencer.Books().Showings()
	}
	return d.roomFor(bytes)
}

// begin journals what a start has to say: other limits than the log's, and a tick.
func (d *decider) begin() error {
	if d.begun {
		return nil
	}
	now := d.time.now()
	if err := d.roomForTicks(d.time.next(now) + 1); err != nil {
		return err
	}
	if d.sequencer.Limits() != d.options.Limits {
		d.decide(&command.Command{Kind: command.SetLimits, Limits: d.options.Limits}, now)
	}
	d.apply(&command.Command{Kind: command.Tick}, d.time.next(now))
	d.begun = true
	return nil
}

// undurableBytes is what was decided and is not on disk.
func (d *decider) undurableBytes() int64 {
	return int64(d.group.records.Bytes()) + d.committing.Load()
}

// decide decides one command that is no tick, behind the ticks that rule E2 may ask for.
func (d *decider) decide(c *command.Command, now int64) sequencer.Decision {
	stamp := d.time.next(now)
	for d.sequencer.Due(stamp) {
		d.apply(&command.Command{Kind: command.Tick}, stamp)
		stamp = d.time.next(now)
	}
	return d.apply(c, stamp)
}

// apply decides one command at a stamp and adds what is journalled of it to the group.
func (d *decider) apply(c *command.Command, stamp int64) sequencer.Decision {
	decision, events := d.sequencer.Apply(c, stamp, d.events[:0])
	d.events = events
	tally := &d.group.tally
	outcome := OutcomeOf(&decision)
	tally.Decided[c.Kind][outcome]++
	if outcome != Journalled {
		return decision
	}
	d.time.take(stamp)
	count := int(decision.Last - decision.First + 1)
	d.record = command.AppendBinary(d.record[:0], c)
	if err := d.group.records.Add(stamp, decision.First, count, d.record, events); err != nil {
		panic(err) // MaxOpenOrders bounds what a record can hold
	}
	if cap(events) > maxKeptBytes {
		d.events = nil
	}
	tally.Events += count
	tally.Trades += int(decision.Trades)
	return decision
}

// tickIfSilent lets journal time go on when nothing else did, be it that nobody calls or that calls only repeat, and says
// when to look again.
func (d *decider) tickIfSilent() time.Duration {
	silent := time.Duration(d.time.now() - d.time.last)
	if silent < d.options.TickInterval {
		return d.options.TickInterval - silent
	}
	stamp := d.time.next(d.time.now())
	if failpoint.Hit(failpoint.IdleTick) != nil {
		return d.options.TickInterval
	}
	if d.begun && d.roomForTicks(stamp) == nil {
		d.apply(&command.Command{Kind: command.Tick}, stamp)
	} else {
		_ = d.begin() // it is tried again
	}
	return d.options.TickInterval
}

// lookAll lets the readers look at the state as it is now; they are told when the group is durable.
func (d *decider) lookAll() {
	for _, r := range d.readings {
		if r.ctx.Err() == nil {
			r.look(d.sequencer)
		}
		d.group.readings = append(d.group.readings, r)
	}
}
