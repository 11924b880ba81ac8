package plivo_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

func proofs() telephonytest.Proofs {
	return telephonytest.Proofs{
		Carrier: plivo.Carrier(), Guard: guardOf(token), Signer: plivo.NewSigner(token),
		Strangers: []telephony.Signer{plivo.NewSigner("new"), plivo.NewSigner("")}, Rotated: guardOf("new", token),
		AnswerURL: "https://bridge.example.com/telephony/plivo/answer?agent=a1",
		Post:      telephonytest.Covered{Body: true, Query: true, Path: true, Method: true},
		Get:       telephonytest.Covered{Body: true, Query: true, Path: true, Method: true},
		Socket:    &telephonytest.Covered{Query: true, Path: true}, Once: true,
	}
}

func TestProofsArePlivos(t *testing.T) { telephonytest.RunProof(t, proofs()) }
func FuzzProof(f *testing.F)           { telephonytest.FuzzProof(f, proofs()) }
func FuzzRequests(f *testing.F)        { telephonytest.FuzzRequests(f, plivo.Carrier()) }
func FuzzDocuments(f *testing.F)       { telephonytest.FuzzDocuments(f, plivo.Carrier()) }
