package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// wish is what an answer URL asks for: who answers, and over which stream.
type wish struct {
	agent    string
	rate     int // zero for the carrier's default
	encoding media.Encoding
	listen   telephony.Listening
	next     string
	key      string // the answer URL's last segment, which is the status URL's as well
}

// wish reads an answer URL, or refuses what the carrier lacks.
func (s *Server) wish(w http.ResponseWriter, r *http.Request, c *carrier) (a wish, ok bool) {
	a.key = r.PathValue("key")
	if a.agent, ok = s.agent(w, r); !ok {
		return a, false
	}
	query := r.URL.Query()
	says := a.readFormat(query, c)
	if says == "" {
		says = a.readListen(query, c.Quirks)
	}
	if says != "" {
		refuse(w, http.StatusUnprocessableEntity, says)
		return a, false
	}
	return a, true
}

// agent returns who shall answer: ?agent= or the first, or refuses.
func (s *Server) agent(w http.ResponseWriter, r *http.Request) (string, bool) {
	name := r.URL.Query().Get("agent")
	if name == "" && len(s.cfg.Agents) > 0 {
		return s.cfg.Agents[0], true
	}
	if !slices.Contains(s.cfg.Agents, name) {
		refuse(w, http.StatusNotFound, "no such agent; there is "+strings.Join(s.cfg.Agents, ", "))
		return "", false
	}
	return name, true
}

// readFormat reads ?sample-rate= and ?encoding=, and returns what is wrong
// with them. Where neither is there, the configured rate counts.
func (a *wish) readFormat(query url.Values, c *carrier) (says string) {
	rate, encoding := query.Get("sample-rate"), query.Get("encoding")
	if rate == "" && encoding == "" {
		a.rate = c.Rate
		return ""
	}
	var rates, encodings, formats []string
	for _, f := range c.Quirks.Formats {
		rates, encodings = append(rates, strconv.Itoa(f.Rate)), append(encodings, strings.ToLower(f.Encoding.String()))
		formats = append(formats, f.String())
	}
	if rate != "" && !slices.Contains(rates, rate) {
		return "sample-rate must be one of " + listed(rates)
	}
	if encoding != "" && !slices.Contains(encodings, encoding) {
		return "encoding must be one of " + listed(encodings)
	}
	var found []media.Format
	for i, f := range c.Quirks.Formats {
		if (rate == "" || rate == rates[i]) && (encoding == "" || encoding == encodings[i]) {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return "sample-rate and encoding must be those of one of " + listed(formats)
	}
	a.rate = found[0].Rate
	if encoding != "" {
		a.encoding = found[0].Encoding
	}
	for _, f := range found { // the configured rate where the URL leaves it open
		if rate == "" && f.Rate == c.Rate {
			a.rate = f.Rate
		}
	}
	return ""
}

// readListen reads ?listen= and ?next=, and returns what is wrong with them.
func (a *wish) readListen(query url.Values, q telephony.Quirks) (says string) {
	listen, next := query.Get(telephony.ListenParam), query.Get("next")
	a.listen, a.next = telephony.ReadListening(listen), next
	switch {
	case listen != "" && !q.OneWay:
		return "this carrier can't copy a call's sound: leave listen out"
	case listen != "" && a.listen == telephony.ListenNone:
		return "listen must be caller or both"
	case a.listen == telephony.ListenBoth && !q.BothTracks:
		return "listen must be caller: this carrier can't copy what the caller hears"
	case next != "" && listen == "":
		return "next is for listen=caller and listen=both only"
	}
	if u, err := url.Parse(next); next != "" &&
		(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return "next must be an http or https URL with a host"
	}
	return ""
}

// listed returns each text once, in a line.
func listed(texts []string) string {
	var once []string
	for _, t := range texts {
		if !slices.Contains(once, t) {
			once = append(once, t)
		}
	}
	return strings.Join(once, ", ")
}

// stream returns the stream that a call is asked to open. key is that of the
// recover URL.
func (s *Server) stream(r *http.Request, c *carrier, call Call, key string) telephony.Stream {
	a := call.wish
	params := map[string]string{telephony.TicketParam: call.Ticket}
	if c.Quirks.Anonymous && call.CallID != "" {
		params[telephony.CallParam] = call.CallID
	}
	if a.listen != telephony.ListenNone {
		params[telephony.ListenParam] = a.listen.String()
	}
	stream := telephony.Stream{
		URL: s.mediaURL(r, c.Name(), call.Ticket), Params: params, Rate: a.rate, Encoding: a.encoding,
		StatusURL: s.hookURL(r, c.Name(), "status", a.key), Login: c.Login, Listen: a.listen, Next: a.next,
	}
	if call.Recoverable && !c.Quirks.RecoversByCall {
		stream.RecoverURL = s.hookURL(r, c.Name(), "recover", key)
	}
	return stream
}
