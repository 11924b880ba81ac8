package api

import "github.com/talkpath/talkpath/telephony"

// How a call is taken up again.

// asked returns the call for which a carrier asks with the key that our last
// document planted. The same question while the answer's ticket is unused gets
// the same document, which is then returned. The error is errCallLeft where
// the call doesn't go on, errKeyUsed or errKeyUnknown.
func (p *passages) asked(carrier, key string) (call Call, doc telephony.Document, again bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, again, err := p.holds(carrier, key)
	if err != nil {
		return Call{}, telephony.Document{}, false, err
	}
	return of.call, of.doc, again, nil
}

func (p *passages) holds(carrier, key string) (of *passage, again bool, err error) {
	of, known := p.key[key]
	switch {
	case !known || of.call.Carrier.Name() != carrier:
		return nil, false, errKeyUnknown
	case key == of.lastKey && !of.used && !p.now().After(of.expires):
		return of, true, nil
	case key != of.key:
		return nil, false, errKeyUsed
	case of.left || of.attempts >= maxAttempts:
		return nil, false, errCallLeft
	}
	return of, false, nil
}

// resume uses a key up and returns the document with which its call goes on.
func (p *passages) resume(carrier, key string, compose composer) (telephony.Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, again, err := p.holds(carrier, key)
	if err != nil || again {
		if again {
			return of.doc, nil
		}
		return telephony.Document{}, err
	}
	doc, err := p.renew(of, compose)
	if err == nil {
		of.attempts++
	}
	return doc, err
}

// drop notes that a key's call doesn't go on.
func (p *passages) drop(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if of, known := p.key[key]; known && of.key == key {
		of.left = true
	}
}

// find returns a call by its carrier's id. again says that it is to be taken
// up again already; the error is errCallUnknown or errCallLeft.
func (p *passages) find(k callKey) (call Call, again bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, known := p.called[k]
	switch {
	case !known:
		return Call{}, false, errCallUnknown
	case of.resuming:
		return of.call, true, nil
	case of.attempts >= maxAttempts:
		return Call{}, false, errCallLeft
	}
	return of.call, false, nil
}

// expect lets the next announcement of a call join it.
func (p *passages) expect(k callKey) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	of, known := p.called[k]
	switch {
	case !known:
		return errCallUnknown
	case of.resuming:
		return nil
	case of.attempts >= maxAttempts:
		return errCallLeft
	}
	of.resuming = true
	of.attempts++
	p.keep(of)
	return nil
}
