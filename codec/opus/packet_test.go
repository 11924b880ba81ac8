package opus_test

import (
	"testing"

	"github.com/talkpath/talkpath/codec/opus"
)

func TestTheFlagOfACopyIsFound(t *testing.T) {
	const (
		wideband20 = 9 << 3  // SILK, 20 ms
		wideband60 = 11 << 3 // SILK, 60 ms: three frames
		hybrid20   = 13 << 3
		celt20     = 31 << 3
		stereo     = 4
	)
	for name, c := range map[string]struct {
		packet []byte
		want   bool
	}{
		"nothing":                    {nil, false},
		"no frame":                   {[]byte{wideband20}, false},
		"active, none":               {[]byte{wideband20, 0x80, 0}, false},
		"active, a copy":             {[]byte{wideband20, 0xc0, 0}, true},
		"60 ms, third active":        {[]byte{wideband60, 0x20, 0}, false},
		"60 ms, a copy":              {[]byte{wideband60, 0x10, 0}, true},
		"hybrid, a copy":             {[]byte{hybrid20, 0x40, 0}, true},
		"CELT has none":              {[]byte{celt20, 0xff, 0}, false},
		"stereo, side's alone":       {[]byte{wideband20 | stereo, 0x10, 0}, true},
		"stereo, side active":        {[]byte{wideband20 | stereo, 0x20, 0}, false},
		"two alike":                  {[]byte{wideband20 | 1, 0x40, 0, 0x00, 0}, true},
		"two, the first empty":       {[]byte{wideband20 | 2, 0, 0x40, 0}, true},
		"two, length of one byte":    {[]byte{wideband20 | 2, 2, 0x40, 0, 0}, true},
		"two, length of two bytes":   {[]byte{wideband20 | 2, 252, 0, 0x40, 0}, true},
		"two, length cut":            {[]byte{wideband20 | 2, 252}, false},
		"many, no count":             {[]byte{wideband20 | 3}, false},
		"many alike":                 {[]byte{wideband20 | 3, 2, 0x40, 0, 0, 0}, true},
		"many, padded":               {[]byte{wideband20 | 3, 0x41, 1, 0x40, 0, 0xff}, true},
		"many, much padded":          {[]byte{wideband20 | 3, 0x41, 255, 1, 0x40, 0, 0xff}, true},
		"many of their own length":   {[]byte{wideband20 | 3, 0x82, 2, 0x40, 0, 0, 0}, true},
		"many, the first is silence": {[]byte{wideband20 | 3, 0x82, 0, 0x40, 0, 0}, false},
		"many, padding cut":          {[]byte{wideband20 | 3, 0x41, 255}, false},
	} {
		if got := opus.HasFEC(c.packet); got != c.want {
			t.Errorf("%s: HasFEC says %v", name, got)
		}
	}
}
