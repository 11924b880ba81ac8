//go:build cgo

package main

import (
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/opus"
	"github.com/talkpath/talkpath/media"
)

// addOpus gives set the codec that is libopus.
func addOpus(set codec.Set) { set.Codecs[media.Opus] = opus.New }
