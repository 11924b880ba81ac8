package sim

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// send makes a request of the carrier's, signed, within the carrier's time and
// returns the server's answer. A status other than 2xx is a *RefusedError, which
// comes with the answer.
func (c Config) send(ctx context.Context, req *http.Request) (telephony.Document, error) {
	ctx, stop := context.WithTimeout(ctx, answerWait)
	defer stop()
	if err := c.sign(req); err != nil {
		return telephony.Document{}, err
	}
	res, err := c.HTTP.Do(req.WithContext(ctx))
	if err != nil {
		return telephony.Document{}, withoutURL(err)
	}
	doc := telephony.Document{Status: res.StatusCode, ContentType: res.Header.Get("Content-Type")}
	doc.Body, err = io.ReadAll(io.LimitReader(res.Body, answerLimit+1))
	if closed := res.Body.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return telephony.Document{}, err
	case res.StatusCode < http.StatusOK || res.StatusCode >= http.StatusMultipleChoices:
		return doc, refusal(doc)
	case len(doc.Body) > answerLimit:
		return telephony.Document{}, fmt.Errorf("answer is larger than %d bytes", answerLimit)
	}
	return doc, nil
}

// ask makes a request whose answer may be a redirection, which nobody follows:
// to some carriers its status is the answer (Exotel's Passthru).
func (c Config) ask(ctx context.Context, req *http.Request) (telephony.Document, error) {
	client := *c.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.HTTP = &client
	doc, err := c.send(ctx, req)
	if refused := (*RefusedError)(nil); errors.As(err, &refused) && doc.Status < http.StatusBadRequest {
		err = nil
	}
	return doc, err
}

// sign adds the carrier's proof to req, where it has one.
func (c Config) sign(req *http.Request) error {
	if c.Signer == nil {
		return nil
	}
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return fmt.Errorf("sign: %w", err)
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := c.Signer.Sign(req, body, time.Now()); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return nil
}

// upgrade returns what is dialled for a stream to s, and the header that proves
// and logs the carrier in.
func (c Config) upgrade(s telephony.Stream) (address string, header http.Header, err error) {
	header = make(http.Header)
	address, login := s.URL, s.Login
	if u, failed := url.Parse(s.URL); failed == nil && u.User != nil {
		// A WebSocket URL has no login (RFC 6455, section 3).
		if login == nil {
			login = u.User
		}
		u.User = nil
		address = u.String()
	}
	if c.Signer != nil {
		if err := c.Signer.SignSocket(address, header, time.Now()); err != nil {
			return "", nil, fmt.Errorf("sign: %w", err)
		}
	}
	if login != nil { // the document's is what the carrier dials with
		password, _ := login.Password()
		header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(login.Username()+":"+password)))
	}
	return address, header, nil
}

// withoutURL returns why a request failed without its URL, which may hold a
// secret; the host stays.
func withoutURL(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return err
	}
	host := ""
	if u, bad := url.Parse(failed.URL); bad == nil {
		host = u.Host
	}
	return fmt.Errorf("%s %s: %w", failed.Op, host, failed.Err)
}
