package tcpbench

import "time"

// longHole is the time between two arrivals above which it is a hole: three
// packets.
const longHole = 60 * time.Millisecond

// figures are those of all calls under one condition.
type figures struct {
	condition condition
	link      spread // how much later than the fastest message of its call the link delivered
	woken     spread // from the link's delivery until the message was read
	added     spread // from the read until the sound was handed on
	total     spread // from the link's delivery until the sound was handed on
	linkHoles spread
	ourHoles  spread // as they were passed on
	// moreHole is by how much the longest hole that a call passed on is longer
	// than the link's own, in the call where that is worst.
	moreHole time.Duration
	lost     float64 // the share of the sound that was sent
	offTime  time.Duration
}

func (c condition) figures(calls []call) figures {
	f := figures{condition: c}
	var link, woken, added, total, linkHoles, ourHoles []time.Duration
	var lost, sent time.Duration
	for _, one := range calls {
		took := between(one.sent, one.delivered)
		fastest := sorted(append([]time.Duration(nil), took...)).quantile(0)
		for _, d := range took {
			link = append(link, d-fastest)
		}
		woken = append(woken, between(one.delivered, one.read)...)
		added = append(added, between(one.read, one.handed)...)
		total = append(total, between(one.delivered, one.handed)...)
		theirs, ours := holes(one.delivered, 0), holes(one.handed, 0)
		f.moreHole = max(f.moreHole, sorted(ours).most()-sorted(theirs).most())
		linkHoles = append(linkHoles, holes(one.delivered, longHole)...)
		ourHoles = append(ourHoles, holes(one.handed, longHole)...)
		lost += one.lost
		sent += c.length
		f.offTime = max(f.offTime, one.offTime)
	}
	f.link, f.woken, f.added, f.total = sorted(link), sorted(woken), sorted(added), sorted(total)
	f.linkHoles, f.ourHoles = sorted(linkHoles), sorted(ourHoles)
	if sent > 0 {
		f.lost = float64(lost) / float64(sent)
	}
	return f
}

// perMinute returns how many of these there were in a minute of a call.
func (f figures) perMinute(s spread) float64 {
	return float64(len(s)) / (float64(f.condition.calls) * f.condition.length.Minutes())
}
