package codecbench

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/talkpath/talkpath/bench/audio/corpus"
	"github.com/talkpath/talkpath/bench/audio/lab"
	"github.com/talkpath/talkpath/bench/audio/report"
	"github.com/talkpath/talkpath/codec"
	"github.com/talkpath/talkpath/codec/g711"
	"github.com/talkpath/talkpath/codec/g722"
)

func number(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// speech returns speech of a held-out voice: a minute, or some seconds where
// the run is short.
func speech(l *lab.Lab, rate int) ([]int16, error) {
	length := time.Minute
	if l.Short {
		length = 4 * time.Second
	}
	return l.Corpus.Speech(l.Corpus.Voices(corpus.HeldOut)[0], length, rate)
}

// telephone measures G.711 and G.722 against spandsp.
func telephone(ctx context.Context, l *lab.Lab, s *report.Section) error {
	spandsp, err := l.BuildC(ctx, "codecbench/reference/codec_spandsp.c", "-lspandsp", "-lm")
	if err != nil {
		return err
	}
	table := report.Table{
		Title: "G.711 and G.722: CPU for 20 ms", Head: []string{"codec", "encode", "decode", "spandsp's encode", "spandsp's decode"},
	}
	for _, c := range []struct {
		name, theirs string
		rate         int
		open         func(int) (codec.Codec, error)
		goal         float64 // µs for 20 ms there and back
	}{
		{"G.711 mu-law", "ulaw", 8000, g711.NewMuLaw, 0.3},
		{"G.711 A-law", "alaw", 8000, g711.NewALaw, 0.3},
		{"G.722", "g722", 16000, g722.New, 40},
	} {
		pcm, err := speech(l, c.rate)
		if err != nil {
			return err
		}
		ours, err := c.open(c.rate)
		if err != nil {
			return err
		}
		m, err := thereAndBack(ours, pcm, c.rate/50)
		if err != nil {
			return err
		}
		least := lab.Least{}
		var raw []byte
		for range l.Runs() {
			m.spend(ours, pcm, least)
			if raw, err = reference(ctx, least, pcm, spandsp, c.theirs); err != nil {
				return err
			}
		}
		s.Rows = append(s.Rows, report.Row{
			Name: c.name + ": CPU for 20 ms, encoded and decoded", Unit: "µs", Decimals: 2, Ours: least[encode] + least[decode],
			Anchor:     least[theirEncode] + least[theirDecode],
			AnchorName: "spandsp", Goal: report.Most(c.goal), SlackPart: 0.5,
		}, report.Row{
			Name: c.name + ": allocations for 20 ms", Ours: m.allocs, Anchor: report.None(), Goal: report.Most(0),
		})
		if c.theirs == "g722" {
			s.Rows = append(s.Rows, agreement(m, raw))
		}
		table.Lines = append(table.Lines, []string{
			c.name, number(least[encode], 2) + " µs", number(least[decode], 2) + " µs",
			number(least[theirEncode], 2) + " µs", number(least[theirDecode], 2) + " µs",
		})
	}
	s.Tables = append(s.Tables, table)
	return nil
}

// agreement counts what is not bit for bit as spandsp has it: bytes, and the
// samples that they decode to.
func agreement(m passed, raw []byte) report.Row {
	n := min(len(m.payload), len(raw))
	differ := differences(m.payload, raw[:n]) + differences(m.heard, lab.Samples(raw[n:]))
	return report.Row{
		Name: "G.722: bytes and samples that differ from spandsp's", Ours: float64(differ), Anchor: report.None(), Goal: report.Most(0),
		Note: fmt.Sprintf("of %d bytes and %d samples", len(m.payload), len(m.heard)),
	}
}

// passed is what became of sound that was encoded and decoded.
type passed struct {
	frame   int // samples
	payload []byte
	heard   []int16
	allocs  float64 // for a frame
}

func thereAndBack(c codec.Codec, pcm []int16, frame int) (m passed, err error) {
	m.frame = frame
	for at := 0; at+frame <= len(pcm); at += frame {
		m.payload = c.Encode(m.payload, pcm[at:at+frame])
	}
	if m.heard, err = c.Decode(nil, m.payload); err != nil {
		return m, err
	}
	payload, heard := make([]byte, 0, len(m.payload)), make([]int16, 0, frame)
	m.allocs = allocations(func() {
		payload = c.Encode(payload[:0], pcm[:frame])
		heard, _ = c.Decode(heard[:0], payload)
	})
	return m, nil
}

// spend measures what a frame costs each way.
func (m passed) spend(c codec.Codec, pcm []int16, least lab.Least) {
	const rounds = 10
	frames := len(pcm) / m.frame
	size := len(m.payload) / frames
	payload, heard := make([]byte, 0, size), make([]int16, 0, m.frame)
	least.Add(encode, lab.Spent(rounds*frames, func() {
		for range rounds {
			for at := 0; at+m.frame <= len(pcm); at += m.frame {
				payload = c.Encode(payload[:0], pcm[at:at+m.frame])
			}
		}
	}))
	least.Add(decode, lab.Spent(rounds*frames, func() {
		for range rounds {
			for at := 0; at < len(m.payload); at += size {
				heard, _ = c.Decode(heard[:0], m.payload[at:at+size])
			}
		}
	}))
}
