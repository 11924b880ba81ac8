package telnyx

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// formatKey is the key of a stream URL's query under which Answer writes what
// it asked for, as "PCMU/8000". The start message tells only what comes to us.
// A document that was not written by Answer needs it where its codec and its
// bidirectionalCodec differ.
const formatKey = "sound"

// phoneRate is the rate of G.711, and wideRate that of G.722. At wideRate we
// speak Opus, too, of which a packet may be heard at any rate of Opus'.
const (
	phoneRate = 8000
	wideRate  = 16000
)

// formats are what a stream can carry: the codecs that the bridge takes, at
// the rates of TeXML's bidirectionalSamplingRate. TeXML's page doesn't list
// L16, Telnyx's own guide for migrants and implementations do.
func formats() []media.Format {
	return []media.Format{
		{Encoding: media.PCMU, Rate: phoneRate},
		{Encoding: media.PCMA, Rate: phoneRate},
		{Encoding: media.L16, Rate: 16000},
		{Encoding: media.L16, Rate: phoneRate},
		{Encoding: media.L16, Rate: 24000},
		{Encoding: media.G722, Rate: wideRate},
		{Encoding: media.Opus, Rate: wideRate},
	}
}

// choose returns the first format with encoding and rate, of which either may
// be zero for any.
func choose(encoding media.Encoding, rate int) (media.Format, error) {
	for _, f := range formats() {
		if (encoding == 0 || f.Encoding == encoding) && (rate == 0 || f.Rate == rate) {
			return f, nil
		}
	}
	return media.Format{}, fmt.Errorf("%w: %v", telephony.ErrBadFormat, media.Format{Encoding: encoding, Rate: rate})
}

// askedFormat returns the format in a socket's query, the zero Format where
// there is none that can be streamed.
func askedFormat(query url.Values) media.Format {
	for _, f := range formats() {
		if strings.EqualFold(query.Get(formatKey), f.String()) {
			return f
		}
	}
	return media.Format{}
}

// codec is one of Telnyx's codecs, and what it is here: zero where the bridge
// has none of the kind.
type codec struct {
	name     string
	encoding media.Encoding
}

func codecs() []codec {
	return []codec{
		{"PCMU", media.PCMU},
		{"PCMA", media.PCMA},
		{"L16", media.L16},
		{"G722", media.G722},
		{"OPUS", media.Opus},
		{"AMR-WB", 0},
	}
}

// encoding returns the encoding that Telnyx calls text, in any case; zero
// where the bridge has none of that name.
func encoding(text string) media.Encoding {
	for _, c := range codecs() {
		if strings.EqualFold(text, c.name) {
			return c.encoding
		}
	}
	return 0
}

// lacking returns the error for a format that can't be streamed, told as what.
// A codec of Telnyx's that the bridge lacks comes with what to do about it.
func lacking(codec, what string) error {
	for _, c := range codecs() {
		if strings.EqualFold(codec, c.name) && c.encoding == 0 {
			return fmt.Errorf("%w: Talkpath doesn't speak %s, so limit the connection's codecs to PCMU and PCMA", telephony.ErrBadFormat, what)
		}
	}
	return fmt.Errorf("%w: %s", telephony.ErrBadFormat, what)
}

// declared returns the format of the sound that comes to us, as start tells
// it. What it leaves out is as was asked, or as Telnyx's default is.
func declared(start telephony.JSONObject, asked media.Format) (media.Format, error) {
	told, _ := start.Object("media_format")
	codec, rate, channels := told.Text("encoding"), told.Text("sample_rate"), told.Text("channels")
	what := codec + "/" + rate
	if channels != "" && channels != "1" {
		what += "/" + channels
	}
	bad := lacking(codec, telephony.Shorten(what))
	if channels != "" && channels != "1" && (channels != "2" || encoding(codec) != media.Opus) {
		return media.Format{}, bad
	}
	f := asked
	if f == (media.Format{}) {
		f = formats()[0]
	}
	if codec != "" && encoding(codec) != f.Encoding {
		f = media.Format{Encoding: encoding(codec), Rate: trueRate(encoding(codec), phoneRate)}
		if rate == "" && f.Encoding == media.L16 {
			return media.Format{}, bad
		}
	}
	if n, ok := told.Number("sample_rate"); ok && n <= 1<<20 {
		f.Rate = trueRate(f.Encoding, int(n))
	} else if rate != "" {
		return media.Format{}, bad
	}
	if _, err := choose(f.Encoding, f.Rate); err != nil || f.Encoding == 0 || f.Rate == 0 {
		return media.Format{}, bad
	}
	return f, nil
}

// trueRate returns the rate of the samples in a codec that is told with rate.
// RTP's clock counts 8,000 a second for G.722, though it has 16,000 samples
// (RFC 3551, section 4.5.2), and 48,000 for Opus at any rate, in two channels
// (RFC 7587, section 7). Telnyx doesn't state which it tells.
func trueRate(e media.Encoding, rate int) int {
	switch {
	case e == media.G722 && rate == phoneRate:
		return wideRate
	case e == media.Opus && (media.Format{Encoding: e, Rate: rate}).Check() == nil:
		return wideRate
	}
	return rate
}

// clock returns the rate by which RTP's clock counts f.
func clock(f media.Format) int {
	switch f.Encoding {
	case media.G722:
		return phoneRate
	case media.Opus:
		return 48000
	default:
		return f.Rate
	}
}

// isG711 reports whether f is one of the two laws of G.711.
func isG711(f media.Format) bool { return f.Encoding == media.PCMU || f.Encoding == media.PCMA }
