package quality_test

import (
	"math"
	"testing"

	"github.com/talkpath/talkpath/media/quality"
)

func TestTheDefaultsOfTheEModelRateAsG107Says(t *testing.T) {
	if r := (quality.Line{}).Rating(); math.Abs(r-93.2) > 0.2 {
		t.Errorf("R is %.2f, want 93.2", r)
	}
}
