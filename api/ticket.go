package api

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
	"time"
)

const (
	// TicketLife is how long a ticket opens a media socket.
	TicketLife = 120 * time.Second
	// ticketLen is how many letters and digits hold 128 bits: 62^22 > 2^128.
	// Plivo's extra headers take nothing else.
	ticketLen = 22
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Why a ticket is refused. An unknown one may also have been used long ago.
var (
	errTicketUnknown = errors.New("unknown ticket")
	errTicketUsed    = errors.New("ticket was used before")
	errTicketExpired = errors.New("ticket has expired")
)

// whyTicket returns why a ticket was refused, in metrics and logs.
func whyTicket(err error) string {
	switch {
	case errors.Is(err, errTicketUsed):
		return "used"
	case errors.Is(err, errTicketExpired):
		return "expired"
	default:
		return "unknown"
	}
}

// newTicket returns 128 random bits as letters and digits.
func newTicket() (string, error) {
	var raw [16]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", err
	}
	n, base, digit := new(big.Int).SetBytes(raw[:]), big.NewInt(int64(len(base62))), new(big.Int)
	var b strings.Builder
	for range ticketLen {
		n.DivMod(n, base, digit)
		b.WriteByte(base62[digit.Int64()])
	}
	return b.String(), nil
}
