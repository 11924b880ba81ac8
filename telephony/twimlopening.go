package telephony

import "strings"

// TwiMLOpening is the stream that a document of TwiML opens, and what its verbs
// do behind it.
type TwiMLOpening struct {
	TwiMLStream
	// Copies says that a <Start> opens it, beside the call; else a <Connect>
	// does, behind which the verbs count once the stream has ended.
	Copies bool
	// Redirect leads the call on behind it; nil where none does before the
	// call ends.
	Redirect *TwiMLVerb
	// GoesOn says that the call lasts beside a stream that copies it.
	GoesOn bool
}

// ReadTwiML does a document's verbs in their order as far as they matter to
// streams: <Connect> and <Start> with a <Stream>, <Redirect>, <Hangup> and
// <Reject>. Others are passed over, those that there are not too, about which
// carriers only warn. Where a copy of the sound is followed by a <Connect>, that
// is what is opened. The error is ErrCallOver where the call ends without a
// stream; what the carrier would refuse, or a Peer doesn't play, is a
// *Violation.
func ReadTwiML(doc Document, rules XMLRules) (TwiMLOpening, error) {
	verbs, err := ReadXML[TwiMLVerb](doc, rules)
	if err != nil {
		return TwiMLOpening{}, err
	}
	for i, v := range verbs {
		rest := verbs[i+1:]
		copies := v.XMLName.Local == twimlStart
		switch {
		case v.connects(), copies && v.Stream != nil && !connect(rest):
			o := TwiMLOpening{TwiMLStream: *v.Stream, Copies: copies}
			o.follow(rest)
			return o, nil
		case v.XMLName.Local == twimlRedirect:
			return TwiMLOpening{}, &Violation{Rule: "the document redirects before it opens a stream, which is not played here", Fatal: true}
		case v.ends():
			return TwiMLOpening{}, ErrCallOver
		}
	}
	return TwiMLOpening{}, ErrCallOver
}

// follow takes note of the verbs behind the stream's. One that takes its time
// before a redirect is not played.
func (o *TwiMLOpening) follow(rest []TwiMLVerb) {
	for _, v := range rest {
		switch {
		case v.XMLName.Local == twimlRedirect:
			v.Text = strings.TrimSpace(v.Text)
			o.Redirect, o.GoesOn = &v, true
			return
		case v.ends():
			return
		}
		o.GoesOn = o.GoesOn || v.holds()
	}
}

// Target returns where the document leads to: the stream's URL and parameters,
// which part of the call it copies, where it is reported to, and where the call
// goes on.
func (o TwiMLOpening) Target() Stream {
	s := Stream{URL: o.URL, StatusURL: o.StatusCallback}
	next := ""
	if o.Redirect != nil {
		next = o.Redirect.Text
	}
	switch {
	case !o.Copies:
		s.RecoverURL = next
	case o.Track == TwiMLBoth:
		s.Listen, s.Next = ListenBoth, next
	default:
		s.Listen, s.Next = ListenCaller, next
	}
	for _, p := range o.Parameters {
		if s.Params == nil {
			s.Params = make(map[string]string, len(o.Parameters))
		}
		s.Params[p.Name] = p.Value
	}
	return s
}

// connect reports whether verbs open a two-way stream before the call ends.
func connect(verbs []TwiMLVerb) bool {
	for _, v := range verbs {
		switch {
		case v.connects():
			return true
		case v.XMLName.Local == twimlRedirect, v.ends():
			return false
		}
	}
	return false
}

// connects reports whether v opens a two-way stream.
func (v TwiMLVerb) connects() bool { return v.XMLName.Local == twimlConnect && v.Stream != nil }

// ends reports whether the call ends with v.
func (v TwiMLVerb) ends() bool {
	return v.XMLName.Local == twimlHangup || v.XMLName.Local == twimlReject
}

// holds reports whether the call lasts at least as long as v does.
func (v TwiMLVerb) holds() bool {
	switch v.XMLName.Local {
	case twimlConnect, "Dial", "Enqueue", "Gather", "Pause", "Pay", "Play", "Prompt", "Record", "Say":
		return true
	default:
		return false
	}
}
