package main

import (
	"testing"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/media"
)

func TestAFormatWithoutACodecIsNotOffered(t *testing.T) {
	for _, c := range carriers(CarriersConfig{}) {
		for _, f := range c.Quirks.Formats {
			if _, err := codecs().New(f); err != nil {
				t.Errorf("%s offers %v: %v", c.Name(), f, err)
			}
		}
	}
	set := codec.Set{Codecs: map[media.Encoding]func(int) (codec.Codec, error){media.PCMU: g711.NewMuLaw}}
	offered := []media.Format{{Encoding: media.Opus, Rate: 16000}, {Encoding: media.PCMU, Rate: 8000}}
	if got := speakable(offered, set); len(got) != 1 || got[0].Encoding != media.PCMU {
		t.Errorf("without Opus %v are offered", got)
	}
}
