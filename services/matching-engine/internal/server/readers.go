package server

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/journal"
	"daytrading/matching-engine/internal/publisher"
)

const maxPositionBytes = 1 << 10

var readerName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// ValidReader says whether a text may be the name of a reader.
func ValidReader(name string) bool { return readerName.MatchString(name) }

// confirm is PUT /v1/readers/{name}: the reader needs nothing more up to a sequence, so that it may be deleted. A
// reader belongs to the service that calls: its name, or one that begins with it and a dot.
func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	caller, err := s.authorize(r, identity.ScopeRead)
	if err != nil {
		return err
	}
	name := r.PathValue("name")
	if !ValidReader(name) {
		return malformed("a reader's name has 1 to 64 small letters, digits and . _ -")
	}
	if name != caller.Service && !strings.HasPrefix(name, caller.Service+".") {
		return forbidden("the reader " + name + " is not one of " + caller.Service + "'s")
	}
	var position struct {
		LogID    *string `json:"log_id"`
		Sequence *uint64 `json:"sequence"`
	}
	in := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPositionBytes))
	in.DisallowUnknownFields()
	err = in.Decode(&position)
	if _, more := in.Token(); err != nil || !errors.Is(more, io.EOF) || position.LogID == nil || position.Sequence == nil {
		return malformed(`the body must be an object with the members "log_id" (text) and "sequence" (an integer from 0)`)
	}
	if *position.LogID != s.Engine.Log().LogID {
		return newProblem(http.StatusConflict, "other_log", 40910000, "this is log "+s.Engine.Log().LogID+", not "+*position.LogID)
	}
	if err := s.Journal.Confirm(name, *position.Sequence); err != nil {
		return confirmationProblem(err)
	}
	answer := append([]byte(`{"name":"`), name...)
	answer = append(answer, `","sequence":`...)
	answer = strconv.AppendUint(answer, *position.Sequence, 10)
	return writeJSON(w, append(answer, '}'))
}

func confirmationProblem(err error) error {
	switch {
	case errors.Is(err, journal.ErrPastEnd):
		return newProblem(http.StatusConflict, "position_past_end", 40910001, err.Error())
	case errors.Is(err, journal.ErrTooManyReaders):
		return newProblem(http.StatusConflict, "too_many_readers", 40910002, err.Error())
	}
	return err
}

// positions is GET /v1/readers.
func (s *Server) positions(w http.ResponseWriter, _ *http.Request) error {
	answer := append([]byte(`{"log_id":"`), s.Engine.Log().LogID...)
	answer = append(answer, `","readers":`...)
	answer = appendPositions(answer, s.Journal.Positions())
	return writeJSON(w, append(answer, '}'))
}

func appendPositions(to []byte, positions map[string]uint64) []byte {
	to = append(to, '{')
	for i, name := range slices.Sorted(maps.Keys(positions)) {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, '"')
		to = append(to, name...) // nothing in a name needs escaping
		to = append(to, `":`...)
		to = strconv.AppendUint(to, positions[name], 10)
	}
	return append(to, '}')
}

// forget is DELETE /v1/readers/{name}: nothing is kept for that reader any more.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) error {
	caller, err := s.authorize(r, identity.ScopeCommand)
	if err != nil {
		return err
	}
	name := r.PathValue("name")
	if name == publisher.Reader {
		return forbidden("the reader " + name + " is the engine's own")
	}
	position := s.Journal.Positions()[name]
	if !s.Journal.Forget(name) {
		return notFound("no reader of this name has confirmed anything")
	}
	slog.Warn("a reader was forgotten: what only it needed may be deleted", "reader", name, "sequence", position, "by", caller.Service)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
