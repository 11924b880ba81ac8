package api

import (
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
	"sync"
	"time"
)

const (
	// TicketLife is how long a ticket opens a media socket.
	TicketLife = 120 * time.Second
	// ticketLen is how many letters and digits hold 128 bits: 62^22 > 2^128.
	// Plivo's extra headers take nothing else.
	ticketLen = 22
	// maxTickets bounds the tickets that wait to be used.
	maxTickets = 100_000
	base62     = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Why a ticket is refused. An unknown one may also have been used long ago.
var (
	errTicketUnknown = errors.New("unknown ticket")
	errTicketUsed    = errors.New("ticket was used before")
	errTicketExpired = errors.New("ticket has expired")
	errTicketsFull   = errors.New("too many calls are being set up")
)

// tickets holds the tickets that were given out. Each opens one media socket,
// once.
type tickets struct {
	now func() time.Time

	mu     sync.Mutex
	out    map[string]pass
	issued []string // oldest first, to forget the expired
}

// pass is what a ticket opens.
type pass struct {
	call    Call
	expires time.Time
	used    bool
}

func newTickets(now func() time.Time) *tickets {
	return &tickets{now: now, out: map[string]pass{}}
}

// issue returns a new ticket for call, and writes it into it.
func (t *tickets) issue(call *Call) (string, error) {
	ticket, err := newTicket()
	if err != nil {
		return "", err
	}
	call.Ticket = ticket
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
	if len(t.out) >= maxTickets {
		return "", errTicketsFull
	}
	t.out[ticket] = pass{call: *call, expires: t.now().Add(TicketLife)}
	t.issued = append(t.issued, ticket)
	return ticket, nil
}

// claim uses a ticket of a carrier up and returns the call that it was for.
func (t *tickets) claim(carrier, ticket string) (Call, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, known := t.out[ticket]
	switch {
	case !known || p.call.Carrier.Name() != carrier:
		return Call{}, errTicketUnknown
	case p.used:
		return Call{}, errTicketUsed
	case t.now().After(p.expires):
		return Call{}, errTicketExpired
	}
	p.used = true
	t.out[ticket] = p
	return p.call, nil
}

// forget drops tickets that expired some time ago; until then a late socket
// is told so.
func (t *tickets) forget() {
	old := t.now().Add(-TicketLife)
	n := 0
	for n < len(t.issued) && t.out[t.issued[n]].expires.Before(old) {
		delete(t.out, t.issued[n])
		n++
	}
	t.issued = t.issued[n:]
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
