package server

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/journal"
)

// maxPageBytes ends a page of events early: what is missing comes with the next one.
const maxPageBytes = 8 << 20

// events is GET /v1/events: one page of the log, waited for when there is nothing yet.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	after, err := number(r, "after", 0, math.MaxInt64-1, 0)
	if err != nil {
		return err
	}
	limit, err := number(r, "limit", 1, 10000, 1000)
	if err != nil {
		return err
	}
	waitMS, err := number(r, "wait_ms", 0, 30000, 0)
	if err != nil {
		return err
	}
	select {
	case s.readers <- struct{}{}:
		defer func() { <-s.readers }()
	default:
		return overloaded("too many readers of events at once")
	}
	log := s.Engine.Log()
	if waitMS > 0 && log.State().LastSequence == uint64(after) {
		wait(r.Context(), log, uint64(after), time.Duration(waitMS)*time.Millisecond)
	}
	page, err := log.Read(uint64(after), int(limit), maxPageBytes)
	if errors.Is(err, journal.ErrDeleted) {
		return deleted(log.FirstSequence())
	}
	if err != nil {
		return err
	}
	return writeJSON(w, appendPage(log.LogID, &page))
}

func deleted(first uint64) *problem {
	p := newProblem(http.StatusGone, "events_deleted", 41010000,
		"the log begins with event "+strconv.FormatUint(first, 10)+": the ones before were deleted when their retention was over")
	p.FirstSequence = first
	return p
}

// wait holds an answer back until the log goes beyond a sequence, the time is over or the context is done.
func wait(ctx context.Context, log *eventlog.Log, after uint64, atMost time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	_ = log.Wait(ctx, after) // whatever ended the wait: the page shows what there is
}

func appendPage(logID string, page *eventlog.Page) []byte {
	to := make([]byte, 0, 256+len(page.JSON)+len(page.Ends))
	to = append(to, `{"log_id":"`...)
	to = append(to, logID...)
	to = append(to, `","first_sequence":`...)
	to = strconv.AppendUint(to, page.FirstSequence, 10)
	to = append(to, `,"last_sequence":`...)
	to = strconv.AppendUint(to, page.LastSequence, 10)
	to = append(to, `,"journal_time_ns":`...)
	to = strconv.AppendInt(to, page.JournalTimeNS, 10)
	to = append(to, `,"events":`...)
	return append(page.AppendArray(to), '}')
}
