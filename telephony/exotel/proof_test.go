package exotel_test

import (
	"net/netip"
	"testing"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

// Exotel signs nothing: what is proven is who knows the key in the URL's path,
// and who comes from the right place.
func TestProofsAreExotels(t *testing.T) {
	const base, key = "https://bridge.example.com/telephony/exotel/answer", "k3yOfTheFlow0123456789"
	office := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	telephonytest.RunProof(t, telephonytest.Proofs{
		Carrier:   exotel.Carrier(exotel.Config{}),
		Guard:     exotel.NewGuard(exotel.GuardConfig{Keys: []string{key}, Addresses: office}),
		Signer:    exotel.NewSigner(exotel.Login{}), // the key is in the URL
		AnswerURL: base + "/" + key, BareURL: base, ForgedURL: base + "/" + key + "x",
		From: netip.MustParseAddr("192.0.2.7"),
	})
}

func TestALoginProvesAWebhookWhereThereIsNoKey(t *testing.T) {
	login := exotel.Login{User: "flow", Password: "s3same"}
	other := exotel.Login{User: "flow", Password: "other"}
	telephonytest.RunProof(t, telephonytest.Proofs{
		Carrier:   exotel.Carrier(exotel.Config{}),
		Guard:     exotel.NewGuard(exotel.GuardConfig{Logins: []exotel.Login{login}}),
		Signer:    exotel.NewSigner(login),
		Strangers: []telephony.Signer{exotel.NewSigner(other)},
		Rotated:   exotel.NewGuard(exotel.GuardConfig{Logins: []exotel.Login{other, login}}),
		AnswerURL: "https://bridge.example.com/telephony/exotel/answer",
		Socket:    &telephonytest.Covered{},
	})
}

func FuzzRequests(f *testing.F) { telephonytest.FuzzRequests(f, exotel.Carrier(exotel.Config{})) }
