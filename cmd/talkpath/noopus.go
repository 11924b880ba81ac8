//go:build !cgo

package main

import "github.com/talkpath/talkpath/codec"

// addOpus leaves set as it is: libopus needs cgo.
func addOpus(codec.Set) {}
