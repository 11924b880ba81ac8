package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/conversation"
	"github.com/talkpath/talkpath/ledger"
)

// source is where the record of a call can be fetched: a server that may be a
// talkpath. Without a base there is no record.
type source struct{ base, carrier, call string }

// told returns what was said by the time the call has ended and how it sounded
// to the server, empty where that doesn't tell.
func (s source) told(ctx context.Context) (lines []conversation.Line, quality string) {
	lines = []conversation.Line{}
	var record ledger.Record
	for range 20 {
		if record = s.fetch(ctx); record.ID == "" || record.Status == ledger.StatusEnded {
			break
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return lines, ""
		}
	}
	for _, l := range record.Transcript {
		lines = append(lines, conversation.Line{Role: conversation.Role(l.Role), Text: l.Text, Heard: l.Heard})
	}
	if record.Quality != nil {
		quality = record.Quality.Summary
	}
	return lines, quality
}

// fetch returns the server's record of the call, empty where there is none.
func (s source) fetch(ctx context.Context) ledger.Record {
	if s.base == "" {
		return ledger.Record{}
	}
	query := url.Values{"carrier": {s.carrier}, "carrier_call_id": {s.call}, "limit": {"1"}}
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/v1/calls?"+query.Encode(), nil)
	if err != nil {
		return ledger.Record{}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return ledger.Record{}
	}
	defer func() { _ = res.Body.Close() }()
	var list struct {
		Calls []ledger.Record `json:"calls"`
	}
	if res.StatusCode != http.StatusOK || json.NewDecoder(res.Body).Decode(&list) != nil || len(list.Calls) == 0 {
		return ledger.Record{}
	}
	return list.Calls[0]
}
