package engine

import (
	"daytrading/matching-engine/internal/failpoint"
)

// commitAll is the second half of the pipeline: it makes one group after the other durable until there are no more,
// or one fails.
func (e *Engine) commitAll() error {
	for g := range e.groups {
		if err := e.commit(g); err != nil {
			return err
		}
		g.reset()
		e.free <- g
	}
	return nil
}

// commit makes a group durable and then visible.
func (e *Engine) commit(g *group) error {
	if g.records.Len() > 0 {
		if err := e.journal.Append(&g.records); err != nil {
			return err
		}
		_ = failpoint.Hit(failpoint.AfterFsync)
		e.committing.Add(-int64(g.records.Bytes()))
		e.log.Commit(g.records.Clone(), g.state)
	}
	e.options.Observer.Committed(&g.tally)
	if len(g.calls) > 0 {
		_ = failpoint.Hit(failpoint.AfterFsyncBeforeAnswer)
	}
	for _, c := range g.calls {
		c.State = g.state
		c.Answered(c)
	}
	for _, r := range g.readings {
		close(r.done)
	}
	e.inbox.reads.Add(-int64(len(g.readings)))
	return nil
}
