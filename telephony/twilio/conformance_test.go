package twilio_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/twilio"
)

func TestTwilioIsACarrier(t *testing.T) { telephonytest.Run(t, twilio.Carrier()) }
