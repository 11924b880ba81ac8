package sim

import (
	"errors"
	"fmt"
	"time"

	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/media"
	"github.com/talkpath/talkpath/telephony"
)

// gapLimit is the silence that separates one answer from the next; a shorter
// one with nothing queued is a gap.
const gapLimit = time.Second

// line is the carrier's end of one stream: it reads the agent's messages,
// queues and plays the sound, returns marks and counts. It does no I/O and
// reads no clock; it is owned by one lock.
type line struct {
	quirks telephony.Quirks
	stream telephony.PeerStream
	format media.Format
	codec  codec.Codec // decodes the agent's sound; nil where none is kept
	pcm    []int16     // what one message decoded to

	queue  queue
	gaps   gapMeter
	faults faults
	media  Media
	due    []string // marks that are to be returned
	clears int      // of them that are to be confirmed

	dropped int64 // samples that the last Clear dropped
	stopped bool  // whether the carrier has said that the stream is over
}

// newLine returns the carrier's end of stream. With hear nil it keeps no
// sound.
func newLine(cfg Config, stream telephony.PeerStream, hear codec.Codec) *line {
	format := stream.Start().Format
	return &line{
		quirks: cfg.Carrier.Quirks,
		stream: stream,
		format: format,
		codec:  hear,
		queue:  queue{keep: hear != nil, limit: int64(format.Samples(cfg.Queue))},
		gaps:   gapMeter{limit: int64(format.Samples(gapLimit))},
	}
}

// encode puts what the carrier sends for ev into o, and counts it.
func (l *line) encode(o *outbox, ev telephony.Event) error {
	if err := o.add(l.stream, ev); err != nil {
		return err
	}
	switch ev.Kind {
	case telephony.Audio:
		l.media.SentFrames++
	case telephony.MarkPlayed:
		l.media.MarksReturned++
	case telephony.Stopped:
		l.stopped = true
	default:
	}
	return nil
}

// receive takes one message of the server's and returns what it was. The
// error is a *telephony.Violation over which the carrier closes the stream;
// lesser ones are counted and the message is dropped, as carriers do. What
// was under way when the carrier stopped the stream is nobody's fault.
func (l *line) receive(msg telephony.Message) (telephony.Kind, error) {
	if l.stopped {
		return telephony.Unknown, nil
	}
	ev, err := l.stream.Decode(msg)
	if err != nil {
		l.faults.add(err.Error())
		var broken *telephony.Violation
		if errors.As(err, &broken) && broken.Fatal {
			return telephony.Unknown, broken
		}
		if ev.Kind != telephony.Audio {
			return telephony.Unknown, nil
		}
	}
	switch ev.Kind {
	case telephony.Audio:
		l.media.ReceivedFrames++
		l.hear(ev.Frame.Payload)
	case telephony.Mark:
		l.media.MarksSent++
		if l.quirks.Marks {
			l.queue.mark(ev.Mark)
			l.due = l.queue.due(l.due)
		}
	case telephony.Clear:
		l.clear()
	default:
		l.faults.add(fmt.Sprintf("event %q means nothing to the carrier", ev.Name))
	}
	return ev.Kind, nil
}

// hear queues the sound of one message. Where its size is no multiple of what
// the carrier wants, the carrier plays the rest of it as a short packet and
// waits a whole slot (Exotel, article 3000108630): a hole of silence.
func (l *line) hear(payload []byte) {
	n := l.format.Count(payload)
	if l.codec != nil {
		pcm, err := l.codec.Decode(l.pcm[:0], payload)
		if err != nil {
			l.faults.add(err.Error())
			return
		}
		l.pcm, n = pcm, len(pcm)
	}
	if lost := l.queue.push(l.pcm, n); lost > 0 {
		l.faults.add(fmt.Sprintf("more than %v queued: sound dropped", media.PCMDuration(int(l.queue.limit), l.format.Rate)))
		return
	}
	if multiple := l.quirks.Chunk.Multiple; multiple > 1 && len(payload)%multiple != 0 {
		each, size := l.format.Samples(slot), max(l.format.Encoding.SampleSize(), 1)
		l.queue.hole(each - len(payload)%multiple/size%each)
	}
}

// clear drops what is queued.
func (l *line) clear() {
	l.media.Clears++
	l.dropped = l.queue.clear()
	l.gaps.newAnswer()
	if l.quirks.ConfirmsClear {
		l.clears++
	}
	if l.quirks.ClearReturnsMarks {
		l.due = l.queue.takeMarks(l.due)
	} else {
		l.queue.marks = l.queue.marks[:0]
	}
}

// beat says that the slot before has been heard, so that marks behind it come
// back.
func (l *line) beat() {
	l.queue.endSlot()
	l.due = l.queue.due(l.due)
}

// play takes the next n samples to the caller's ear into dst, which may be
// nil where no sound is kept, and returns how many of them were the agent's;
// the others are silence.
func (l *line) play(dst []int16, n int) (sound int) {
	for at := 0; at < n; {
		var rest []int16
		if dst != nil {
			rest = dst[at:]
		}
		k, agent := l.queue.take(rest, n-at)
		switch {
		case agent:
			l.gaps.sound(k)
			sound += k
		case k == 0:
			k = n - at
			clear(rest)
			l.gaps.silence(k)
		default:
			l.gaps.silence(k)
		}
		at += k
	}
	return sound
}

// result returns the counters, with the longest gap.
func (l *line) result() Media {
	m := l.media
	m.GapMax = Millis(media.PCMDuration(int(l.gaps.longest), l.format.Rate))
	return m
}
