package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

func TestTheGeneratedPagesAreWhatTheProgramTells(t *testing.T) {
	for _, name := range []string{"carriers", "metrics"} {
		var want bytes.Buffer
		cmd := docsCommand()
		cmd.SetOut(&want)
		cmd.SetArgs([]string{name})
		if err := cmd.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("../../docs/" + name + ".md")
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("docs/%[1]s.md is not what `talkpath docs %[1]s` prints: run make docs (%[2]v)", name, err)
		}
	}
}

func TestTheCarriersPageTellsAllThatIsKnown(t *testing.T) {
	made := telephony.Carrier{Quirks: telephony.Quirks{
		Name:    "acme",
		Formats: []media.Format{{Encoding: media.PCMU, Rate: 8000}, {Encoding: media.L16, Rate: 16000}},
		Packet:  20 * time.Millisecond, Chunk: telephony.Chunk{Multiple: 320, Min: 3200, Max: 99840},
		HandshakeWait: 90 * time.Second, MaxStream: 2 * time.Hour, Queue: 61440 * time.Millisecond, ReorderWait: 60 * time.Millisecond,
		Marks: true, OneWay: true, BothTracks: true, Redials: true, SometimesUnsigned: true, PlainParams: true,
		Endings: telephony.EndingTable{
			{Code: "3010", Ending: telephony.Busy, Meaning: "a|b"},
			{Code: "71", Ending: telephony.InternalError, Meaning: "ours"},
			{Code: "72", Ending: telephony.InternalError, Meaning: "ours"},
			{Code: "73", Ending: telephony.InternalError, Meaning: "ours"},
			{Code: "74", Ending: telephony.Quota, Meaning: "ours"},
			{Code: "gone", Ending: telephony.Quota, Meaning: "lost"},
			{Code: "lost", Ending: telephony.Quota, Meaning: "lost"},
		},
		Facts: telephony.Facts{
			Product: "Streams in <Connect><Stream url=\"x\">", WebhookAuth: "webhookauth", SocketAuth: "socketauth", RESTAuth: "restauth",
			Recovery: "recovery", HangUp: "hangup", Transfer: "transfer", KeysIn: "keys 0-9 * #", KeysOut: "keysout", OneWay: "oneway",
			Limits: []string{"limit 1 < 2"}, Lacks: []string{"lack"}, Unsure: []string{"unsure"},
			Regions: []telephony.Region{{Name: "Moon", REST: "api.moon.example.com"}}, Sources: []string{"source"},
		},
	}}
	var page bytes.Buffer
	if err := writeCarriers(&page, []telephony.Carrier{made, {Quirks: telephony.Quirks{Name: "bare", Packet: time.Second}}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"|  | [Acme](#acme) | [Bare](#bare) |", "| formats of sound, the default first | PCMU/8000, L16/16000 |  |", "| a call goes on when its socket broke | no | no |",
		"| promises the order of sound | no: what is late is waited for, up to 60 ms, longer while the line stands still | yes |", "| longest stream | 2 h | not told |", "| sound that it queues | 61.4 s |",
		"| a socket must open within | 90 s |", "| one-way copy of a call | the caller's part, or both | no |", "| custom parameters | letters and digits | any text |",
		"\n## Acme\n\nStreams in `<Connect><Stream url=\"x\">`.\n",
		"multiples of 320 bytes, at least 3,200 bytes, at most 99,840 bytes",
		"| PCMU/8000 | 160 | 216 | 3,200 bytes, 400 ms | 99,840 bytes, 12.5 s |", "| L16/16000 | 640 | 856 | 3,200 bytes, 100 ms | 99,840 bytes, 3.1 s |",
		"webhookauth", "socketauth", "restauth", "recovery", "hangup", "transfer", `keys 0-9 \* #`, "keysout", "oneway", `limit 1 \< 2`,
		"lack", "unsure", "source", "| Moon | `api.moon.example.com` |", "| `3010` | `busy` | a\\|b |", "| `71` to `73` | `internal_error` | ours |", "| `74` | `quota` | ours |", "| `gone`, `lost` | `quota` | lost |",
		"Marks of dropped sound don't come back", "opens a broken socket again by itself, at the same URL", "answered with 503",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	_, bare, _ := strings.Cut(page.String(), "\n## Bare\n")
	for _, heading := range []string{"Limits", "Regions", "Why calls end", "Sources", "Proofs", "When a socket breaks"} {
		if strings.Contains(bare, "### "+heading) {
			t.Errorf("there is a heading %q above nothing", heading)
		}
	}
	if strings.Contains(page.String(), "\n\n\n") {
		t.Error("the page has holes")
	}
}

func TestTextsAreShownAsTheyAre(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"a <Redirect>, then <Hangup/>": "a `<Redirect>`, then `<Hangup/>`",
		"1 < 2 > 0":                    `1 \< 2 \> 0`,
		"<a|b>":                        `\<a\|b\>`,
		"<":                            `\<`,
		"<>":                           `\<\>`,
		"a\\b `c` [d]\ne":              "a\\\\b \\`c\\` \\[d\\] e",
		"ü <é> <b":                     "ü `<é>` \\<b",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q is written %q, want %q", text, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 99840: "99,840", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
}
