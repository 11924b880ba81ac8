package api

import (
	"errors"
	"sync"
	"time"

	"github.com/talkpath/talkpath/telephony"
)

const (
	// maxPassages bounds the calls that have no socket: those that are being
	// set up, and those that ended a short while ago.
	maxPassages = 100_000
	// passageLife is how long a call without a socket is remembered, so that
	// what comes late is told why it is refused.
	passageLife = 2 * TicketLife
	// maxAttempts is how often a carrier gets another stream for a call.
	maxAttempts = 3
	// maxProofs is how many sockets of a call may be proven with one ticket.
	maxProofs = 16
)

// Why a webhook gets no ticket.
var (
	errCallUnknown  = errors.New("this call was never answered")
	errCallAnswered = errors.New("this call is answered already")
	errPassagesFull = errors.New("too many calls are being set up")
	errKeyUnknown   = errors.New("no call can be taken up again with this key")
	errKeyUsed      = errors.New("this key was used before")
	errCallLeft     = errors.New("this call doesn't go on")
)

// callKey names a call as its carrier does.
type callKey struct{ carrier, call string }

// composer writes the document that opens a stream for call, whose ticket is
// set. key is what the carrier must present when it asks how the call goes on.
type composer func(call Call, key string) (telephony.Document, error)

// passage is one call's way in: the ticket that opens its next stream, and
// what its carrier may still ask for.
type passage struct {
	call Call // as its next stream is served
	// doc opens that stream, and may be given again while its ticket, good
	// until expires, is unused.
	doc     telephony.Document
	expires time.Time
	used    bool
	// key was planted by doc, and lastKey is the one that doc was given for.
	key, lastKey string
	attempts     int
	resuming     bool            // the next announcement of the call joins it
	left         bool            // its carrier was told that it doesn't go on
	ended        time.Time       // when its last socket went
	sockets      int             // that are open
	began        bool            // whether the board has carried it
	proofs       map[string]bool // of its sockets, each of which is good once
	forget       time.Time
	names        []string // its tickets and keys, to be forgotten with it
}

// passages are the ways in of all calls. Its methods may run together.
type passages struct {
	now      func() time.Time
	answered map[string]*seen // calls whose passages are forgotten, by carrier

	mu     sync.Mutex
	ticket map[string]*passage
	key    map[string]*passage
	called map[callKey]*passage // of calls whose carrier's id is known
	all    int
	open   int // those with a socket
	queue  []due
}

// due is when a passage may be forgotten.
type due struct {
	at time.Time
	of *passage
}

func newPassages(now func() time.Time) *passages {
	return &passages{
		now: now, answered: map[string]*seen{},
		ticket: map[string]*passage{}, key: map[string]*passage{}, called: map[callKey]*passage{},
	}
}

func keyOf(c Call) callKey { return callKey{c.Carrier.Name(), c.CallID} }

// again returns the document for a call that is announced once more: the same
// as before while its ticket is unused, a new one where the call is to be
// taken up again, and else errCallAnswered. A call that was never announced
// gives errCallUnknown.
func (p *passages) again(call Call, compose composer) (telephony.Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known(call, compose)
}

func (p *passages) known(call Call, compose composer) (telephony.Document, error) {
	if call.CallID == "" {
		return telephony.Document{}, errCallUnknown
	}
	of, known := p.called[keyOf(call)]
	switch {
	case !known && p.forgotten(call.Carrier.Name()).has(call.CallID, p.now()):
		return telephony.Document{}, errCallAnswered
	case !known:
		return telephony.Document{}, errCallUnknown
	case of.resuming:
		return p.renew(of, compose)
	case of.used || p.now().After(of.expires):
		return telephony.Document{}, errCallAnswered
	}
	return of.doc, nil
}

// issue returns the document for a call that is announced, with a ticket of
// its own where it wasn't announced before.
func (p *passages) issue(call Call, compose composer) (telephony.Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if doc, err := p.known(call, compose); !errors.Is(err, errCallUnknown) {
		return doc, err
	}
	p.tidy()
	if p.all-p.open >= maxPassages {
		return telephony.Document{}, errPassagesFull
	}
	of := &passage{call: call}
	if err := p.write(of, call, compose); err != nil {
		return telephony.Document{}, err
	}
	p.all++
	if call.CallID != "" {
		p.called[keyOf(call)] = of
	}
	return of.doc, nil
}

// renew returns the document with which a call goes on over another stream.
func (p *passages) renew(of *passage, compose composer) (telephony.Document, error) {
	call := of.call
	call.Joins = call.opened // else its first stream never opened
	if err := p.write(of, call, compose); err != nil {
		return telephony.Document{}, err
	}
	of.resuming = false
	return of.doc, nil
}

// write gives a passage a new ticket and key, and the document with them. On
// an error all stays as it was.
func (p *passages) write(of *passage, call Call, compose composer) error {
	ticket, err := newTicket()
	if err != nil {
		return err
	}
	key, err := newTicket()
	if err != nil {
		return err
	}
	call.Ticket = ticket
	doc, err := compose(call, key)
	if err != nil {
		return err
	}
	of.call, of.doc, of.used, of.expires = call, doc, false, p.now().Add(TicketLife)
	of.lastKey, of.key = of.key, key
	of.names, of.proofs = append(of.names, ticket, key), nil
	p.ticket[ticket], p.key[key] = of, of
	p.keep(of)
	return nil
}

// keep lets a passage be forgotten a passageLife from now.
func (p *passages) keep(of *passage) {
	of.forget = p.now().Add(passageLife)
	p.queue = append(p.queue, due{of.forget, of})
}

// tidy forgets the passages whose time has come.
func (p *passages) tidy() {
	n := 0
	for ; n < len(p.queue) && p.queue[n].at.Before(p.now()); n++ {
		of := p.queue[n].of
		if of.sockets > 0 || !of.forget.Equal(p.queue[n].at) || of.names == nil {
			continue // another due comes, or is behind
		}
		for _, name := range of.names {
			delete(p.ticket, name)
			delete(p.key, name)
		}
		of.names = nil
		p.all--
		if of.call.CallID != "" {
			delete(p.called, keyOf(of.call))
			p.forgotten(of.call.Carrier.Name()).note(of.call.CallID, p.now())
		}
	}
	p.queue = p.queue[n:]
}

// forgotten returns the calls of a carrier whose passages are forgotten. Each
// carrier has its own, so that none pushes out another's.
func (p *passages) forgotten(carrier string) *seen {
	calls := p.answered[carrier]
	if calls == nil {
		calls = newSeen(maxAnswered, 0)
		p.answered[carrier] = calls
	}
	return calls
}
