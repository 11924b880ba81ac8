package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/telephony/sim"
)

// whereabouts say which server a call goes to: that at url, or where it is empty
// the one on the default address, or one of our own with the configuration of
// a file.
type whereabouts struct{ url, config string }

// findServer returns the server that a call goes to, its base URL where it may
// be a talkpath, and what ends it where it is one of our own.
func findServer(ctx context.Context, where whereabouts, carrier string) (target sim.Target, base string, end func(), err error) {
	end = func() {}
	text := where.url
	if text == "" {
		if base, end, err = localServer(ctx, where.config); err != nil {
			return target, "", func() {}, err
		}
		text = base
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return target, "", end, usageError{fmt.Errorf("--url %q: not a URL with a host", text)}
	}
	switch u.Scheme {
	case "ws", "wss":
		target.MediaURL = text
		return target, "", end, nil
	case "http", "https":
	default:
		return target, "", end, usageError{fmt.Errorf("--url %q: must begin with http, https, ws or wss", text)}
	}
	// The path is empty, our answer URL, where a talkpath's paths begin behind a
	// proxy, or another server's answer URL.
	answer := "/telephony/" + carrier + "/answer"
	prefix := strings.TrimSuffix(strings.TrimSuffix(u.Path, answer), "/")
	base = u.Scheme + "://" + u.Host + prefix
	if prefix == "" || strings.HasSuffix(u.Path, answer) || talks(ctx, base) {
		u.Path = prefix + answer
	} else {
		base = ""
	}
	target.AnswerURL = u.String()
	return target, base, end, nil
}

// withPages returns target with the other pages that a talkpath at base has for
// a carrier, and key, where there is one, at the end of all of them.
func withPages(target sim.Target, base, carrier, key string) (sim.Target, error) {
	if base == "" {
		if key != "" {
			return target, usageError{errors.New("--key: --url is no talkpath's, whose URLs end with one")}
		}
		return target, nil
	}
	end := ""
	if key != "" {
		end = "/" + key
	}
	u, err := url.Parse(target.AnswerURL)
	if err != nil {
		return target, fmt.Errorf("answer URL: %w", err)
	}
	u.Path += end
	target.AnswerURL = u.String()
	page := base + "/telephony/" + carrier
	target.StatusURL, target.RecoverURL = page+"/status"+end, page+"/recover"+end
	return target, nil
}

// withRate asks for a sample rate in a URL's query, as an applet's URL does.
func withRate(text string, rate int) string {
	return withQuery(text, "sample-rate", strconv.Itoa(rate))
}

// withQuery returns a URL with a value in its query; nothing where there is no
// URL.
func withQuery(text, key, value string) string {
	u, err := url.Parse(text)
	if err != nil || text == "" {
		return text
	}
	query := u.Query()
	query.Set(key, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// localServer returns the server on the default address, or starts one where
// none listens there: with the configuration of a file, or where none is named
// one to which nobody has to prove anything.
func localServer(ctx context.Context, config string) (base string, end func(), err error) {
	base = "http://" + defaultConfig().Server.Listen
	if talks(ctx, base) {
		return base, func() {}, nil
	}
	fmt.Fprintln(os.Stderr, "no server on "+defaultConfig().Server.Listen+": starting one for this call")
	cfg, err := loadConfig(config, func(c *Config) {
		c.Server = defaultConfig().Server
		c.Server.Listen = "127.0.0.1:0"
		if config == "" {
			c.Carriers = c.Carriers.unguarded()
		}
	})
	if err != nil {
		return "", nil, err
	}
	s, err := newServer(ctx, cfg, zerolog.New(os.Stderr).Level(zerolog.ErrorLevel))
	if err != nil {
		return "", nil, err
	}
	l, err := listen(ctx, cfg.Server)
	if err != nil {
		s.close()
		return "", nil, err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- s.run(running, running, l) }()
	return "http://" + l.main.Addr().String(), func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			fmt.Fprintln(os.Stderr, "server:", err)
		}
		s.close()
	}, nil
}

// talks reports whether a server answers at base.
func talks(ctx context.Context, base string) bool {
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}
