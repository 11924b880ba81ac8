//go:build !cgo

package main

import "github.com/talkpath/talkpath/codec"

// hasOpus tells whether the program was built with libopus.
const hasOpus = false

// addOpus leaves set as it is: libopus needs cgo.
func addOpus(codec.Set) {}
