package main

import (
	"bytes"
	endian "encoding/binary"
	"io"
	"net/http"
	"testing"
	"time"

	"daytrading/matching-engine/internal/book"
	"daytrading/matching-engine/internal/command"
	"daytrading/matching-engine/internal/identity/identitytest"
)

// TestTheBinaryFormSaysTheSame sends commands in both forms: what one journalled, the other repeats.
func TestTheBinaryFormSaysTheSame(t *testing.T) {
	p := newProcess(t)
	p.start("FAILPOINTS=idle_tick=error")
	texts := []string{list(1, "X"), place(1, "sell", 101, 5), place(2, "buy", 101, 2), cancel(3, 1)}
	var body []byte
	var ids []book.ID
	for _, text := range append(texts, cancel(4, 9)) {
		c, err := command.Decode([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
		body = command.AppendBinaryCall(body, &c)
	}
	a, ok := p.submit(texts...)
	if !ok {
		t.Fatal("refused")
	}
	status, mediaType, answer := p.submitBinary(t, body)
	const head, each = 16 + 8 + 8 + 4, 17
	if status != http.StatusOK || mediaType != command.MediaType || len(answer) != head+each*len(ids) {
		t.Fatalf("%d %s, %d bytes", status, mediaType, len(answer))
	}
	little := endian.LittleEndian
	logID := book.ID(answer[:16])
	if logID.String() != a.LogID || little.Uint64(answer[16:]) != a.LastSequence+1 || int64(little.Uint64(answer[24:])) <= a.JournalTimeNS ||
		little.Uint32(answer[32:]) != uint32(len(ids)) {
		t.Fatalf("%x, want what follows %+v", answer, a)
	}
	for i := range ids {
		result := answer[head+each*i:]
		outcome, first, last := result[0], little.Uint64(result[1:]), little.Uint64(result[9:])
		if i < len(a.Results) {
			if want := a.Results[i]; outcome != 2 || first != want.FirstSequence || last != want.LastSequence {
				t.Errorf("command %d: %d %d-%d, want a repeat of %+v", i, outcome, first, last, want)
			}
		} else if outcome != 1 || first != a.LastSequence+1 || last != first {
			t.Errorf("the new command: %d %d-%d", outcome, first, last)
		}
	}
	if status, mediaType, answer := p.submitBinary(t, body[:len(body)-1]); status != http.StatusBadRequest || mediaType != "application/problem+json" {
		t.Fatalf("a call that is cut short: %d %s %s", status, mediaType, answer)
	}
}

func (p *process) submitBinary(t *testing.T, body []byte) (status int, mediaType string, answer []byte) {
	t.Helper()
	request, _ := http.NewRequest("POST", "http://"+p.address+"/v1/commands", bytes.NewReader(body))
	request.Header.Set("Content-Type", command.MediaType)
	request.Header.Set("Authorization", "Bearer "+p.caller.Token(t, identitytest.Claims(time.Now())))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Content-Type"), answer
}
