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

// findServer returns the server that a call goes to, its base URL where it may
// be a talkpath, and what ends it where it is one of our own.
func findServer(ctx context.Context, text, carrier string) (target sim.Target, base string, end func(), err error) {
	end = func() {}
	if text == "" {
		if base, end, err = localServer(ctx); err != nil {
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

// withRate asks for a sample rate in a URL's query, as an applet's URL does.
func withRate(text string, rate int) string {
	u, err := url.Parse(text)
	if err != nil || text == "" {
		return text
	}
	query := u.Query()
	query.Set("sample-rate", strconv.Itoa(rate))
	u.RawQuery = query.Encode()
	return u.String()
}

// localServer returns the server on the default address, or starts one where
// none listens there.
func localServer(ctx context.Context) (base string, end func(), err error) {
	base = "http://" + defaultConfig().Server.Listen
	if talks(ctx, base) {
		return base, func() {}, nil
	}
	fmt.Fprintln(os.Stderr, "no server on "+defaultConfig().Server.Listen+": starting one for this call")
	cfg, err := loadConfig("", func(c *Config) {
		c.Server = defaultConfig().Server
		c.Server.Listen = "127.0.0.1:0"
		c.Carriers = c.Carriers.unguarded()
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
