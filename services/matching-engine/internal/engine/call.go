package engine

import (
	"context"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/sequencer"
)

// Call is some commands that are decided one after the other, in one group, and answered together. Who made it may
// use it again once it was answered: its slices keep their memory.
type Call struct {
	// Commands are at most command.MaxCommandsPerCall. They, and what they point to, belong to the engine until
	// the call is answered.
	Commands []command.Command
	// Answered is called once after Start, when Decisions, State and Err are final. It is called by the engine's own
	// goroutines and must neither block nor take long. It is never called when the engine fails: see Engine.Failed.
	Answered func(*Call)

	Decisions []sequencer.Decision // one for each command, unless Err says that there are none
	State     eventlog.State       // the log's durable end, at or after the last of the decisions
	Err       error                // nil; or ErrOverloaded, or one that journal.Refusing knows: nothing of the call was journalled

	submitted chan struct{} // of Submit; holds one sign
}

// wake is the Answered of a call that somebody waits for.
func wake(c *Call) { c.submitted <- struct{}{} }

// Start lets a call be decided and returns at once. With an error (ErrOverloaded, ErrStopping) nothing of the call was
// or will be journalled, and Answered is not called.
func (e *Engine) Start(c *Call) error {
	latest := e.time.now() + maxExpiryAhead
	for i := range c.Commands {
		c.Commands[i].StampedByNS = latest
	}
	c.Err, c.Decisions = nil, c.Decisions[:0]
	return e.inbox.putCall(c)
}

// Submit decides the commands of a call and returns when what was decided is durable. It sets the call's Answered itself.
// The errors are those of Start, the call's Err, and ErrOutcomeUnknown: then the log decides what became of the call,
// and the call must not be used again.
func (e *Engine) Submit(c *Call) error {
	if c.submitted == nil {
		c.submitted = make(chan struct{}, 1)
	}
	c.Answered = wake
	if err := e.Start(c); err != nil {
		return err
	}
	select {
	case <-c.submitted:
		return c.Err
	case <-e.failed:
		select {
		case <-c.submitted:
			return c.Err
		default:
			return ErrOutcomeUnknown
		}
	}
}

// reading is somebody who looks at the state.
type reading struct {
	look func(*sequencer.Sequencer)
	ctx  context.Context
	done chan struct{}
}

// Read calls look with the state after some command, and returns once all of that is durable: what look saw may be
// told then, and only then. Look is called by the decider, which waits for it: it must be quick, must change nothing
// and must copy what it wants to keep. When Read returns an error (the context's, ErrOverloaded, ErrStopping), look
// may have been called and what it saw must be forgotten.
func (e *Engine) Read(ctx context.Context, look func(s *sequencer.Sequencer)) error {
	return e.read(ctx, look, e.options.MaxReads)
}

// Probe returns nil once decider and committer have gone round, or the context's error, or ErrStopping. Readers
// cannot keep it out.
func (e *Engine) Probe(ctx context.Context) error {
	return e.read(ctx, func(*sequencer.Sequencer) {}, e.options.MaxReads+maxProbes)
}

func (e *Engine) read(ctx context.Context, look func(*sequencer.Sequencer), most int64) error {
	r := &reading{look: look, ctx: ctx, done: make(chan struct{})}
	if err := e.inbox.putReading(r, most); err != nil {
		return err
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-e.ended:
		select {
		case <-r.done:
			return nil
		default:
			return ErrStopping
		}
	}
}
