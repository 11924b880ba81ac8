package main

import (
	"slices"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/g722"
	"github.com/talkpath/talkpath/codec/l16"
	"github.com/talkpath/talkpath/codec/resample"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
	"github.com/talkpath/talkpath/telephony/exotel"
	"github.com/talkpath/talkpath/telephony/plivo"
	"github.com/talkpath/talkpath/telephony/telnyx"
	"github.com/talkpath/talkpath/telephony/twilio"
	"github.com/talkpath/talkpath/telephony/vonage"
)

// carriers returns every carrier that the program was built with, with the
// formats that it has a codec for. A new one is a line here.
func carriers(cfg CarriersConfig) []telephony.Carrier {
	compose := exotel.Full
	if cfg.Exotel.Minimal {
		compose = exotel.Minimal
	}
	all := []telephony.Carrier{
		exotel.Carrier(exotel.Config{Compose: compose}),
		plivo.Carrier(),
		telnyx.Carrier(telnyx.Config{BigEndian: cfg.Telnyx.BigEndian}),
		twilio.Carrier(),
		vonage.Carrier(),
	}
	set := codecs()
	for i := range all {
		all[i].Quirks.Formats = speakable(all[i].Quirks.Formats, set)
	}
	return all
}

// speakable returns the formats that set has a codec for.
func speakable(formats []media.Format, set codec.Set) []media.Format {
	return slices.DeleteFunc(formats, func(f media.Format) bool { return set.Codecs[f.Encoding] == nil })
}

// codecs returns every codec that the program was built with: Opus only with
// cgo.
func codecs() codec.Set {
	set := codec.Set{
		Codecs: map[media.Encoding]func(int) (codec.Codec, error){
			media.PCMU: g711.NewMuLaw,
			media.PCMA: g711.NewALaw,
			media.L16:  l16.New,
			media.G722: g722.New,
		},
		Resample: func(from, to int) (codec.Resampler, error) { return resample.New(from, to) },
	}
	addOpus(set)
	return set
}
