package vonage_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/vonage"
)

func TestVonageIsACarrier(t *testing.T) { telephonytest.Run(t, vonage.Carrier()) }
