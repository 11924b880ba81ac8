package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/talkpath/talkpath/telephony/sim"
)

// whereabouts say which server a call goes to: that at url, or where it is empty
// the one on the address that the configuration in a file has, by default
// 127.0.0.1:8080, or one of our own with that configuration.
type whereabouts struct{ url, config string }

// reached is a server that a call goes to.
type reached struct {
	target sim.Target
	// base is its URL where it may be a talkpath, and records that of its records
	// and metrics; both are empty where it is none.
	base, records string
	// public is the URL by which carriers call it, where its configuration
	// names one.
	public string
	end    func() // ends it, where it is one of our own
}

// findServer returns the server that a call goes to.
func findServer(ctx context.Context, where whereabouts, carrier string) (at reached, err error) {
	at.end = func() {}
	text := where.url
	if text == "" {
		own, failed := localServer(ctx, where.config)
		if failed != nil {
			return at, failed
		}
		text, at.end = own.base, own.end
		if own.ours {
			where.config = ""
		}
	}
	if at.target, at.base, err = readURL(ctx, text, carrier); err != nil || at.base == "" {
		return at, err
	}
	at.records = at.base
	if where.config == "" {
		return at, nil
	}
	cfg, err := loadConfig(where.config)
	if err != nil {
		return at, err
	}
	at.public = strings.TrimSuffix(cfg.Server.PublicURL, "/")
	if cfg.Server.AdminListen != "" {
		at.records = reachable(cfg.Server.AdminListen)
	}
	return at, nil
}

// readURL reads what --url names: a media socket, another server's answer URL,
// or a talkpath, whose base it returns too.
func readURL(ctx context.Context, text, carrier string) (target sim.Target, base string, err error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ws" && u.Scheme != "wss":
		return target, "", usageError{fmt.Errorf("--url %q: must begin with http://, https://, ws:// or wss://", text)}
	case u.Host == "":
		return target, "", usageError{fmt.Errorf("--url %q: not a URL with a host", text)}
	case u.Scheme == "ws" || u.Scheme == "wss":
		target.MediaURL = text
		return target, "", nil
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
	return target, base, nil
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

// local is a server on this host, and whether it is one of our own.
type local struct {
	base string
	ours bool
	end  func()
}

// localServer returns the server on the address that the configuration in a file
// has, by default 127.0.0.1:8080. Where none listens there it starts one with
// that configuration, or where no file is named one to which nobody has to prove
// anything.
func localServer(ctx context.Context, config string) (at local, err error) {
	cfg, err := loadConfig(config, func(c *Config) {
		at.base = reachable(c.Server.Listen)
		c.Server = defaultConfig().Server
		c.Server.Listen = "127.0.0.1:0"
		if config == "" {
			c.Carriers = c.Carriers.unguarded()
		}
	})
	if err != nil {
		return at, err
	}
	at.end = func() {}
	if talks(ctx, at.base) {
		return at, nil
	}
	fmt.Fprintln(os.Stderr, "no server at "+at.base+": starting one for this call")
	at.ours = true
	at.base, at.end, err = startOwn(ctx, cfg)
	return at, err
}

// startOwn starts a server in this process.
func startOwn(ctx context.Context, cfg Config) (base string, end func(), err error) {
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

// reachable returns the URL by which this host reaches an address to listen on.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if addr, failed := netip.ParseAddr(host); err == nil && (host == "" || failed == nil && addr.IsUnspecified()) {
		listen = net.JoinHostPort("127.0.0.1", port)
	}
	return "http://" + listen
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
