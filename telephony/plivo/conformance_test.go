package plivo_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

func TestPlivoIsACarrier(t *testing.T) { telephonytest.Run(t, plivo.Carrier()) }
