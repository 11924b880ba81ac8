package telnyx_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony/telephonytest"
	"github.com/talkpath/talkpath/telephony/telnyx"
)

func TestTelnyxIsACarrierInEitherByteOrder(t *testing.T) {
	t.Run("little-endian", func(t *testing.T) { telephonytest.Run(t, telnyx.Carrier(telnyx.Config{})) })
	t.Run("big-endian", func(t *testing.T) { telephonytest.Run(t, telnyx.Carrier(telnyx.Config{BigEndian: true})) })
}
