package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/engine"
	"daytrading/matching-engine/internal/identity"
	"daytrading/matching-engine/internal/journal"
)

// problem is an answer that says no: RFC 9457, with Alpaca's `code` and `message`.
type problem struct {
	Type          string `json:"type"`
	Title         string `json:"title"`
	Status        int    `json:"status"`
	Detail        string `json:"detail"`
	Code          int    `json:"code"`
	Message       string `json:"message"`
	RequestID     string `json:"request_id"`
	FirstSequence uint64 `json:"first_sequence,omitempty"` // events_deleted
	retryAfter    string
}

func (p *problem) Error() string { return p.Detail }

func newProblem(status int, kind string, code int, detail string) *problem {
	return &problem{Type: kind, Title: http.StatusText(status), Status: status, Detail: detail, Code: code, Message: detail}
}

func malformed(detail string) *problem {
	return newProblem(http.StatusBadRequest, "malformed_request", 40010000, detail)
}

func tooManyCommands(most int) *problem {
	return newProblem(http.StatusBadRequest, "too_many_commands", 40010001, "a call may hold "+strconv.Itoa(most)+" commands at most")
}

func unauthorized(detail string) *problem {
	return newProblem(http.StatusUnauthorized, "unauthorized", 40110000, detail)
}

func forbidden(detail string) *problem {
	return newProblem(http.StatusForbidden, "forbidden", 40310000, detail)
}

func notFound(detail string) *problem {
	return newProblem(http.StatusNotFound, "not_found", 40410000, detail)
}

// unavailable says, by the contract, that nothing of the call was or will be journalled.
func unavailable(kind string, code int, detail, retryAfter string) *problem {
	p := newProblem(http.StatusServiceUnavailable, kind, code, detail)
	p.retryAfter = retryAfter
	return p
}

func overloaded(detail string) *problem { return unavailable("overloaded", 50310000, detail, "1") }

// asProblem finds the answer for an error.
func asProblem(err error) *problem {
	var known *problem
	var invalid *command.InvalidError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, command.ErrTooManyCommands):
		return tooManyCommands(command.MaxCommandsPerCall)
	case errors.As(err, &invalid):
		return malformed(invalid.Error())
	case errors.As(err, &large):
		return newProblem(http.StatusRequestEntityTooLarge, "payload_too_large", 41310000, "the body is larger than 2 MiB")
	case errors.Is(err, identity.ErrToken):
		return unauthorized(err.Error())
	case errors.Is(err, engine.ErrOverloaded), errors.Is(err, engine.ErrStopping):
		return overloaded(err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded): // a read; a command is never given up
		return overloaded("the call ended before it was answered")
	case errors.Is(err, journal.ErrFull):
		return unavailable("journal_full", 50310001, "the journal's volume has no room: no command is taken until it has", "5")
	case journal.Refusing(err): // the sentence names files: it is for the log
		return unavailable("journal_full", 50310001, "the journal's volume gives no room: no command is taken until it does", "5")
	}
	return newProblem(http.StatusInternalServerError, "internal", 50010000, "something went wrong in the matching engine")
}

func (p *problem) write(w http.ResponseWriter, requestID string) {
	answer := *p
	answer.RequestID = requestID
	w.Header().Set("Content-Type", "application/problem+json")
	if p.retryAfter != "" {
		w.Header().Set("Retry-After", p.retryAfter)
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(answer) // the caller went away: nobody is left to tell
}
