//go:build cgo

package main

import (
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/media"
)

// hasOpus tells whether the program was built with libopus.
const hasOpus = true

// addOpus gives set the codec that is libopus.
func addOpus(set codec.Set) { set.Codecs[media.Opus] = opus.New }
