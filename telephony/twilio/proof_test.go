package twilio_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/twilio"
)

func proofs() telephonytest.Proofs {
	const ours, old = "12345", "new"
	return telephonytest.Proofs{
		Carrier: twilio.Carrier(),
		Guard:   twilio.NewGuard(twilio.GuardConfig{AuthTokens: []string{ours}, SignedSockets: true}),
		Signer:  twilio.NewSigner(ours),
		Strangers: []telephony.Signer{
			twilio.NewSigner(old), twilio.NewSigner(ours + "6"),
		},
		Rotated:   twilio.NewGuard(twilio.GuardConfig{AuthTokens: []string{old, ours}, SignedSockets: true}),
		AnswerURL: "https://bridge.example.com/telephony/twilio/answer?agent=a1",
		Post:      telephonytest.Covered{Body: true, Query: true, Path: true},
		Get:       telephonytest.Covered{Query: true, Path: true},
		Socket:    &telephonytest.Covered{Query: true, Path: true},
	}
}

func TestProofsAreTwilios(t *testing.T) { telephonytest.RunProof(t, proofs()) }
func FuzzProof(f *testing.F)            { telephonytest.FuzzProof(f, proofs()) }
func FuzzRequests(f *testing.F)         { telephonytest.FuzzRequests(f, twilio.Carrier()) }
