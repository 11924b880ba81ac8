package exotel_test

import (
	"testing"

	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/telephonytest"
)

func TestExotelIsACarrierInEitherComposition(t *testing.T) {
	t.Run("full", func(t *testing.T) { telephonytest.Run(t, exotel.Carrier(exotel.Config{})) })
	t.Run("minimal", func(t *testing.T) { telephonytest.Run(t, exotel.Carrier(exotel.Config{Compose: exotel.Minimal})) })
}
