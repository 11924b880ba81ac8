package exotel

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

// GuardConfig says what a Guard asks for. Exotel signs nothing, so each kind of
// proof is one that the account is set up with; of those that are configured
// all must be there.
type GuardConfig struct {
	// Keys are secrets, one of which is the last segment of every webhook's
	// path: /telephony/exotel/answer/KEY. An empty one is no secret.
	Keys []string
	// Logins are asked of media sockets, and of webhooks where there are no
	// Keys, since Exotel documents them for sockets only. One without a
	// password is no login.
	Logins []Login
	// Addresses are where Exotel's requests come from. Exotel's support tells
	// them on request.
	Addresses []netip.Prefix
}

// Guard tells Exotel's requests by what the account is set up with.
type Guard struct {
	keys      []string
	logins    []Login
	addresses []netip.Prefix
}

// NewGuard returns a guard. One that nothing is configured for refuses every
// webhook; it lets every socket through, which its ticket must tell then.
func NewGuard(cfg GuardConfig) *Guard {
	return &Guard{
		keys: slices.Clone(cfg.Keys), logins: slices.Clone(cfg.Logins), addresses: slices.Clone(cfg.Addresses),
	}
}

// Check implements telephony.Guard. Proof.Key counts the Keys, or the Logins
// where there are no Keys.
func (g *Guard) Check(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	if err := g.checkAddress(r.From); err != nil {
		return telephony.Proof{}, err
	}
	switch {
	case len(g.keys) > 0:
		return g.checkKey(r.URL)
	case len(g.logins) > 0:
		return g.checkLogin(r.Header)
	case len(g.addresses) > 0:
		return telephony.Proof{}, nil
	}
	return telephony.Proof{}, fmt.Errorf("%w: no key, login or address is configured", telephony.ErrUnsigned)
}

// CheckSocket implements telephony.Guard. Proof.Key counts the Logins.
func (g *Guard) CheckSocket(r telephony.Signed, _ time.Time) (telephony.Proof, error) {
	if err := g.checkAddress(r.From); err != nil {
		return telephony.Proof{}, err
	}
	if len(g.logins) > 0 {
		return g.checkLogin(r.Header)
	}
	return telephony.Proof{}, nil
}

// checkAddress looks for who sent the request in the list, where there is one.
func (g *Guard) checkAddress(from netip.Addr) error {
	if len(g.addresses) == 0 {
		return nil
	}
	if !from.IsValid() {
		return fmt.Errorf("%w: its sender's address isn't known", telephony.ErrUnsigned)
	}
	from = from.Unmap().WithZone("")
	for _, prefix := range g.addresses {
		if prefix.Contains(from) {
			return nil
		}
	}
	return fmt.Errorf("%w: its sender's address is not in the list", telephony.ErrForged)
}

// checkKey looks for the path's last segment among the keys.
func (g *Guard) checkKey(rawURL string) (telephony.Proof, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%w: its URL can't be read", telephony.ErrForged)
	}
	path := u.EscapedPath()
	given, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	if err != nil {
		return telephony.Proof{}, fmt.Errorf("%w: its URL can't be read", telephony.ErrForged)
	}
	if given == "" {
		return telephony.Proof{}, fmt.Errorf("%w: its path ends without a key", telephony.ErrUnsigned)
	}
	key, ok := telephony.MatchAny(given, g.keys)
	if ok {
		return telephony.Proof{Key: key}, nil
	}
	switch given {
	case "answer", "recover", "status": // what the key follows
		return telephony.Proof{}, fmt.Errorf("%w: its path ends without a key", telephony.ErrUnsigned)
	}
	return telephony.Proof{}, fmt.Errorf("%w: its path ends with another key", telephony.ErrForged)
}

// checkLogin looks for the request's login among those configured.
func (g *Guard) checkLogin(header http.Header) (telephony.Proof, error) {
	if header.Get("Authorization") == "" {
		return telephony.Proof{}, fmt.Errorf("%w: it has no login", telephony.ErrUnsigned)
	}
	user, password, ok := (&http.Request{Header: header}).BasicAuth()
	wanted := make([]string, len(g.logins))
	for i, login := range g.logins {
		wanted[i] = login.joined()
	}
	key, known := telephony.MatchAny(Login{user, password}.joined(), wanted)
	if !ok || !known || password == "" {
		return telephony.Proof{}, fmt.Errorf("%w: its login is another", telephony.ErrForged)
	}
	return telephony.Proof{Key: key}, nil
}
