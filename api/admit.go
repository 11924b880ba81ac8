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
	return of.used || of.call.Joins, nil
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
// is kept until leave.
func (p *passages) claim(carrier, ticket string, redials bool) (call Call, leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, err := p.opens(carrier, ticket, redials)
	if err != nil {
		return Call{}, nil, err
	}
	call = of.call
	call.Joins = call.Joins || of.used
	of.used, of.call.opened = true, true
	of.doc = telephony.Document{} // it is not given again
	if of.sockets++; of.sockets == 1 {
		p.open++
	}
	return call, func() { p.leave(of) }, nil
}

// leave takes back one socket of a call.
func (p *passages) leave(of *passage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if of.sockets--; of.sockets == 0 {
		p.open--
		of.ended = p.now()
		p.keep(of)
	}
}
