package server

import (
	"context"
	"errors"
	"net/http"

	"daytrading/matching-engine/internal/engine"
)

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, []byte(`{"status":"ok"}`))
}

// readyz asks the decider and the committer themselves: they answer only while they go round. Without room on the
// volume commands are refused, so nobody should be sent here for them; reads go on.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if err := s.Engine.Room(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.stuck)
	defer cancel()
	err := s.Engine.Probe(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, engine.ErrOverloaded): // so many probes wait already
		return newProblem(http.StatusServiceUnavailable, "not_ready", 50310002, "the writer has not gone round for "+s.stuck.String())
	case err != nil:
		return err
	}
	return writeJSON(w, []byte(`{"status":"ready"}`))
}
