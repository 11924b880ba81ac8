package main

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/sim"
	"github.com/talkpath/talkpath/telephony/wsconn"
)

// advised returns why a call didn't come about, with what its caller can do
// about it, where that is known.
func (p *proofFlags) advised(err error, c telephony.Carrier) error {
	if advice := p.advice(err, c); advice != "" {
		return fmt.Errorf("%w\n%s", err, advice)
	}
	return err
}

func (p *proofFlags) advice(err error, c telephony.Carrier) string {
	var refused *sim.RefusedError
	var socket *wsconn.RefusedError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing listens there. Start a server with 'talkpath serve'; without --url one is started where there is none."
	case errors.As(err, &socket) && wantsProof(socket.Status, c):
		return "A talkpath's media socket opens only with the ticket that its answer URL gives: call the server's base URL."
	case !errors.As(err, &refused) || !wantsProof(refused.Status, c):
		return ""
	case p.given():
		return "The server took no proof of being " + c.Name() + ": are the secrets those that it runs with? Its log says what was wrong."
	}
	return "The server wants proof of being " + c.Name() + ": " + proofOf(c.Name())
}

// wantsProof reports whether a status is what strangers get.
func wantsProof(status int, c telephony.Carrier) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden ||
		status == http.StatusServiceUnavailable && c.Quirks.SometimesUnsigned
}

// given reports whether there is anything to prove requests with.
func (p *proofFlags) given() bool { return p.config != "" || p.secret != "" || p.key != "" }

// proofOf says with which flags a carrier's requests are proven.
func proofOf(carrier string) string {
	const config = "give the server's configuration with --config FILE"
	switch carrier {
	case "exotel":
		return config + ", or the key in its URLs with --key '${env:NAME}'."
	case "telnyx":
		return "Telnyx alone has its private key; add a public key of your own to carriers.telnyx.public_keys " +
			"and give its seed with --secret '${env:NAME}' (docs/connect.md says how)."
	}
	return config + ", or the carrier's secret with --secret '${env:NAME}'."
}
