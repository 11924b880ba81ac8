package vonage_test

import (
	"testing"
	"time"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/vonage"
)

func proofs() telephonytest.Proofs {
	stranger := signing()
	stranger.Secret = "new"
	nobody := signing()
	nobody.Secret = ""
	return telephonytest.Proofs{
		Carrier: vonage.Carrier(), Guard: configured(secret), Signer: vonage.NewSigner(signing()),
		Strangers: []telephony.Signer{vonage.NewSigner(stranger), vonage.NewSigner(nobody)}, Rotated: configured("new", secret),
		AnswerURL: "https://bridge.example.com/telephony/vonage/answer?agent=a1",
		Post:      telephonytest.Covered{Body: true, Method: true},
		Get:       telephonytest.Covered{Body: true, Query: true, Method: true},
		Window:    5 * time.Minute, Once: true,
	}
}

func TestProofsAreVonages(t *testing.T) { telephonytest.RunProof(t, proofs()) }
func FuzzProof(f *testing.F)            { telephonytest.FuzzProof(f, proofs()) }
func FuzzRequests(f *testing.F)         { telephonytest.FuzzRequests(f, vonage.Carrier()) }
func FuzzDocuments(f *testing.F)        { telephonytest.FuzzDocuments(f, vonage.Carrier()) }
