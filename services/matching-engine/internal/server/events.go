package server

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"daytrading/matching-engine/internal/eventlog"
	"daytrading/matching-engine/internal/journal"
)

// maxPageBytes ends a page of events early: what is missing comes with the next one.
const maxPageBytes = 1 << 20

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
	writePage(w, log.LogID, &page)
	return nil
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

// writePage sends a page as it was rendered, without a copy of it.
func writePage(w http.ResponseWriter, logID string, page *eventlog.Page) {
	head := make([]byte, 0, 256)
	head = append(head, `{"log_id":"`...)
	head = append(head, logID...)
	head = append(head, `","first_sequence":`...)
	head = strconv.AppendUint(head, page.FirstSequence, 10)
	head = append(head, `,"last_sequence":`...)
	head = strconv.AppendUint(head, page.LastSequence, 10)
	head = append(head, `,"journal_time_ns":`...)
	head = strconv.AppendInt(head, page.JournalTimeNS, 10)
	head = append(head, `,"events":[`...)
	commas := max(len(page.Ends)-1, 0)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+len(page.JSON)+commas+len("]}")))
	_, err := w.Write(head)
	first := true
	for event := range page.Events() {
		if !first && err == nil {
			_, err = w.Write([]byte{','})
		}
		if first = false; err == nil {
			_, err = w.Write(event)
		}
	}
	if err == nil {
		_, err = w.Write([]byte("]}"))
	}
	if err != nil {
		slog.Debug("a page could not be sent", "error", err)
	}
}
