package api

import "github.com/talkpath/talkpath/telephony"

// Who may open a media socket.

// look returns why a ticket of a carrier opens no socket, and uses nothing up.
// redials says whether one that was used may open another; joins says whether
// the socket joins a call that is under way.
func (p *passages) look(carrier, ticket string, redials bool) (joins bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, err := p.opens(carrier, ticket, redials)
	if err != nil {
		return false, err
	}
	return of.call.opened || of.call.Joins, nil
}

func (p *passages) opens(carrier, ticket string, redials bool) (*passage, error) {
	of, known := p.ticket[ticket]
	switch {
	case !known || of.call.Carrier.Name() != carrier:
		return nil, errTicketUnknown
	case of.call.Ticket != ticket: // another was given for the call
		return nil, errTicketUsed
	case of.used && !redials:
		return nil, errTicketUsed
	case !of.used && p.now().After(of.expires):
		return nil, errTicketExpired
	}
	return of, nil
}

// prove notes what proves a socket that a ticket opens, and reports whether it
// never proved one before, however long the call lasts. A proof that has no
// value of its own proves nothing.
func (p *passages) prove(ticket, once string) (fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, known := p.ticket[ticket]
	if !known || once == "" || of.proofs[once] || len(of.proofs) >= maxProofs {
		return false
	}
	if of.proofs == nil {
		of.proofs = map[string]bool{}
	}
	of.proofs[once] = true
	return true
}

// claim uses a ticket up and returns the call that it was for. redials says
// whether it may have been used: the socket then joins the call. The passage
// is kept until the visit's leave.
func (p *passages) claim(carrier, ticket string, redials bool) (Call, visit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, err := p.opens(carrier, ticket, redials)
	if err != nil {
		return Call{}, visit{}, err
	}
	call := of.call
	call.Joins = call.Joins || of.call.opened
	v := visit{all: p, of: of, doc: of.doc, first: !of.used}
	of.used, of.call.opened = true, true
	of.doc = telephony.Document{} // it is not given again
	if of.sockets++; of.sockets == 1 {
		p.open++
	}
	return call, v, nil
}

// visit is one socket of a call. The zero visit is of a socket that opened
// without a ticket.
type visit struct {
	all   *passages
	of    *passage
	doc   telephony.Document // that brought it
	first bool               // whether it was the first with its ticket
}

// leave takes the socket back. A call that has never begun isn't there to be
// joined.
func (v visit) leave(began bool) {
	if v.of == nil {
		return
	}
	p, of := v.all, v.of
	p.mu.Lock()
	defer p.mu.Unlock()
	of.began = of.began || began
	if of.sockets--; of.sockets > 0 {
		return
	}
	p.open--
	of.call.opened = of.began
	of.ended = p.now()
	p.keep(of)
}

// giveBack takes the socket back and makes its ticket good again: the handshake
// failed, and carriers try that again.
func (v visit) giveBack() {
	if v.of == nil {
		return
	}
	v.leave(false)
	v.all.mu.Lock()
	defer v.all.mu.Unlock()
	if v.first && v.of.sockets == 0 && v.of.doc.Body == nil {
		v.of.used, v.of.doc = false, v.doc
	}
}
